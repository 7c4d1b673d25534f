import Glibc
import Testing

@testable import Gateway

@Suite("A worker parks the connections that its peers keep", .timeLimit(.minutes(1)))
struct KeptConnectionTests {
    private static func request(_ body: String, script: String = "") -> [UInt8] {
        Wire.request([("SCRIPT", script)], body: body, isKept: true)
    }

    /// Peers that have had an answer and keep their connections.
    private static func parked(_ count: Int, at worker: RunningWorker) -> [KeptPeer] {
        (0..<count).map { index in
            let peer = KeptPeer(worker.path)
            #expect(peer.turn(request("park \(index)"))?.hasSuffix("park \(index)") == true)
            return peer
        }
    }

    @Test
    func `Many peers have their turns in any order, and each its own answers`() {
        let worker = RunningWorker()
        let peers = Self.parked(40, at: worker)
        for round in 0..<10 {
            for index in peers.indices.shuffled() {
                let body = "\(index) in round \(round)"
                #expect(peers[index].turn(Self.request(body))?.hasSuffix("\r\n\r\n\(body)") == true)
            }
        }
        #expect(worker.serves(), "a new connection is served beside them")
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `While they are idle the worker rests`() {
        let worker = RunningWorker()
        let peers = Self.parked(40, at: worker)
        let before = worker.processorTime
        usleep(300_000)
        #expect(worker.processorTime - before < .milliseconds(10))
        #expect(peers[7].turn(Self.request("again")) != nil)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `A request in pieces on a kept connection is answered, and one that stalls is dropped alone`() {
        let worker = RunningWorker()
        let peers = Self.parked(2, at: worker)
        let request = Self.request("in pieces")
        for cut in stride(from: 1, to: request.count, by: 7) {
            peers[0].send(request[..<cut])
            usleep(500)
            #expect(peers[0].turn(Array(request[cut...]))?.hasSuffix("in pieces") == true, "cut at \(cut)")
        }
        usleep(1_100_000)
        peers[1].send(request[..<30])
        #expect(peers[0].turn(request) != nil)
        #expect(peers[1].isClosed(), "after the time for a request, which began with its first byte")
        #expect(peers[0].turn(request) != nil)
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events == [.requestDropped(.timedOut(received: 30))])
    }

    @Test
    func `A large answer and a held one leave the connection as usable as a small one`() {
        var limits = RunningWorker.limits
        limits.answerTime = .seconds(20)
        let worker = RunningWorker(limits: limits)
        let peer = KeptPeer(worker.path)
        for script in ["large", "held", "", "held", "large", ""] {
            #expect(peer.turn(Self.request("body", script: script)) != nil, "\(script)")
        }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `Five hundred answers that are held hold no worker`() {
        let worker = RunningWorker()
        let start = ContinuousClock.now
        let peers = (0..<500).map { _ in KeptPeer(worker.path) }
        for peer in peers { peer.send(Self.request("held", script: "held")) }
        #expect(worker.serves(), "meanwhile")
        #expect(ContinuousClock.now - start < .seconds(10), "of the forty that they take one after the other")
        for peer in peers { #expect(peer.nextAnswer()?.hasSuffix("held") == true) }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `Beyond the limit of connections the longest idle one is closed`() {
        var limits = RunningWorker.limits
        limits.connections = 4
        let worker = RunningWorker(limits: limits)
        let peers = Self.parked(4, at: worker)
        #expect(peers[0].turn(Self.request("used again")) != nil)
        #expect(worker.serves())
        #expect(peers[1].isClosed())
        for index in [0, 2, 3] { #expect(peers[index].turn(Self.request("still there")) != nil) }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `Beyond the limit a silent peer makes room, and one whose answer is held does not`() {
        var limits = RunningWorker.limits
        limits.connections = 4
        limits.requestTime = .seconds(30)
        let worker = RunningWorker(limits: limits)
        let held = KeptPeer(worker.path)
        held.send(Self.request("held", script: "held"))
        let silent = (0..<20).map { _ in KeptPeer(worker.path) }
        #expect(worker.serves())
        #expect(held.nextAnswer()?.hasSuffix("held") == true)
        #expect(silent[0].isClosed())
        #expect(worker.stop() == .stopped)
        let crowdedOut = worker.events.events.count { $0 == .requestDropped(.crowdedOut) }
        let late = worker.events.events.count { $0 == .requestDropped(.timedOut(received: 0)) }
        #expect(crowdedOut >= 17 && late <= 3 && crowdedOut + late == worker.events.events.count)
    }

    @Test
    func `While all have requests under way a new one waits, and is served then`() {
        var limits = RunningWorker.limits
        limits.connections = 3
        let worker = RunningWorker(limits: limits)
        let held = (0..<3).map { _ in KeptPeer(worker.path) }
        for peer in held { peer.send(Self.request("held", script: "held")) }
        usleep(20_000)
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `Told to stop, it lets idle peers go at once and answers those that wait`() {
        var limits = RunningWorker.limits
        limits.stopTime = .seconds(60)
        let worker = RunningWorker(limits: limits)
        let idle = Self.parked(3, at: worker)
        let waiting = Self.parked(1, at: worker)
        waiting[0].send(Self.request("held", script: "held"))
        usleep(20_000)
        let start = ContinuousClock.now
        #expect(worker.stop() == .stopped)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(waiting[0].nextAnswer()?.hasSuffix("held") == true)
        #expect(waiting[0].isClosed())
        for peer in idle { #expect(peer.isClosed()) }
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `When the handler ends the worker, what was answered leaves and nothing more is asked of it`() {
        let worker = RunningWorker()
        let idle = Self.parked(2, at: worker)
        let held = KeptPeer(worker.path)
        held.send(Self.request("held", script: "held"))
        let silent = KeptPeer(worker.path)
        usleep(20_000)
        #expect(idle[0].turn(Self.request("last", script: "end"))?.hasSuffix("last") == true)
        #expect(held.nextAnswer()?.hasSuffix("held") == true)
        for peer in [idle[0], idle[1], silent] { #expect(peer.isClosed()) }
        #expect(worker.end() == .endedByHandler)
    }

    @Test
    func `A peer that sends its next request before the answer gets the one answer and the end`() {
        let worker = RunningWorker()
        let peer = KeptPeer(worker.path)
        peer.send(Self.request("first") + Self.request("second"))
        #expect(peer.nextAnswer()?.hasSuffix("first") == true)
        #expect(peer.isClosed())
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `A body over the limit ends a kept connection after its answer`() {
        let worker = RunningWorker()
        let peer = KeptPeer(worker.path)
        peer.send(Self.request(String(repeating: "b", count: 2000)))
        #expect(peer.nextAnswer()?.hasSuffix("too large") == true)
        #expect(peer.isClosed())
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `Peers that leave while they are idle are nothing to report`() {
        let worker = RunningWorker()
        _ = Self.parked(20, at: worker)
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    /// A request whose CONTENT_LENGTH is more than a worker reads, and another one where its body should be.
    private static func smuggling(_ length: String) -> [UInt8] {
        let parameters = Wire.parameters(Wire.pair("CONTENT_LENGTH", length) + Wire.pair("SCRIPT", ""))
        return Wire.begin(flags: 1) + parameters + Wire.parameters([])
            + Wire.standardInput(request("smuggled", script: "parameters")) + Wire.standardInput([])
    }

    @Test(arguments: ["1001", "999999"])
    func `The body of a request that announces too much is never taken for a request`(length: String) {
        let worker = RunningWorker()
        for cut in [nil, 20, 60, 100] as [Int?] {
            let peer = KeptPeer(worker.path)
            #expect(peer.turn(Self.request("before")) != nil)
            let bytes = Self.smuggling(length)
            if let cut {
                peer.send(bytes[..<cut])
                usleep(20_000)
            }
            peer.send(bytes[(cut ?? 0)...])
            let answers = peer.receiveAll().map { String(decoding: $0, as: UTF8.self) }
            #expect(answers?.contains("too large") == true)
            #expect(answers?.contains("smuggled") == false && answers?.contains("none") == false)
        }
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
    }

    @Test(arguments: [1, 8, 255] as [UInt8])
    func `Padding after the record that ends a body costs the connection, and no request`(length: UInt8) {
        let worker = RunningWorker()
        let end = Wire.standardInput([])
        for body in ["", "a body"] {
            let peer = KeptPeer(worker.path)
            #expect(peer.turn(Self.request("before")) != nil)
            let whole = Self.request(body)
            peer.send(whole.dropLast(end.count) + Wire.standardInput([], padding: length))
            #expect(peer.answer()?.hasSuffix("\r\n\r\n\(body)") == true)
            #expect(KeptPeer(worker.path).turn(Self.request("after")) != nil)
        }
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `An event of a connection that was closed does not reach the one that has its number now`() {
        var limits = RunningWorker.limits
        limits.connections = 2
        let worker = RunningWorker(limits: limits)
        for _ in 0..<20 {
            let idle = KeptPeer(worker.path)
            #expect(idle.turn(Self.request("idle")) != nil)
            let busy = KeptPeer(worker.path)
            // While the worker is at this one, another connects, for which the idle one has to go, and that one sends.
            busy.send(Self.request("busy", script: "brief"))
            usleep(10_000)
            let new = KeptPeer(worker.path)
            new.send(Self.request("new", script: "held"))
            idle.send(Self.request("too late"))
            #expect(new.nextAnswer()?.hasSuffix("new") == true)
            #expect(busy.nextAnswer() != nil)
        }
        #expect(worker.stop() == .stopped)
    }
}
