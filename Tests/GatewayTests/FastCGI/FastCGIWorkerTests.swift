import CLinux
import Glibc
import Linux
import SystemPackage
import Testing

@testable import Gateway

@Suite("A FastCGI worker", .timeLimit(.minutes(1)))
struct FastCGIWorkerTests {
    @Test
    func `It answers one request after the other`() {
        let worker = RunningWorker()
        for index in 0..<200 {
            #expect(
                Peer(worker.path).exchange(Wire.request(body: "body \(index)"))
                    == "Status: 200 OK\r\nContent-Length: \(index < 10 ? 6 : index < 100 ? 7 : 8)\r\n\r\nbody \(index)"
            )
        }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test(arguments: [(1, "RESPONDER"), (2, "AUTHORIZER"), (3, "FILTER")])
    func `It gives the handler the parameters in their order, and the role`(role: UInt8, name: String) {
        let worker = RunningWorker()
        let pairs = [("SCRIPT", "parameters"), ("ECHO", "site ä"), ("ECHO", "client")]
        #expect(Peer(worker.path).exchange(Wire.request(pairs))?.hasSuffix("\r\n\r\nsite ä") == true)
        let request =
            Wire.begin(role: role) + Wire.parameters(Wire.pair("SCRIPT", "role"))
            + Wire.parameters([]) + Wire.standardInput([])
        #expect(Peer(worker.path).exchange(request)?.hasSuffix("\r\n\r\n\(name)") == true)
        worker.stop()
    }

    @Test
    func `A request that comes in two pieces, cut anywhere, is answered`() {
        let worker = RunningWorker()
        let request = Wire.request([("LONG", String(repeating: "x", count: 130))], body: "in pieces")
        for cut in 1..<request.count {
            let peer = Peer(worker.path)
            peer.send(request[..<cut])
            usleep(500)
            #expect(peer.exchange(Array(request[cut...]))?.hasSuffix("\r\n\r\nin pieces") == true, "cut at \(cut)")
        }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `A request larger than the worker's buffer is answered, whole or in pieces`() {
        let worker = RunningWorker()
        let body = String(repeating: "b", count: 1000)
        let bytes =
            Wire.begin()
            + Wire.parameters(Wire.pair("CONTENT_LENGTH", "1000") + Wire.pair("P", String(repeating: "p", count: 3000)))
            + Wire.parameters([])
            + body.utf8.flatMap { Wire.standardInput([$0], padding: 30) } + Wire.standardInput([])
        #expect(bytes.count > 16384)
        #expect(Peer(worker.path).exchange(bytes)?.hasSuffix("\r\n\r\n\(body)") == true)
        let peer = Peer(worker.path)
        peer.send(bytes[..<10000])
        usleep(2000)
        #expect(peer.exchange(Array(bytes[10000...]))?.hasSuffix("\r\n\r\n\(body)") == true)
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `A body over the limit is answered without being kept, even while the peer goes on sending`() {
        let worker = RunningWorker()
        let body = String(repeating: "b", count: 400_000)
        let bytes =
            Wire.begin() + Wire.parameters(Wire.pair("CONTENT_LENGTH", "\(body.utf8.count)")) + Wire.parameters([])
            + (0..<50).flatMap { _ in Wire.standardInput([UInt8](repeating: 1, count: 8000)) } + Wire.standardInput([])
        let peer = Peer(worker.path)
        let isSent = peer.send(bytes)
        #expect(isSent, "the worker reads what still comes")
        peer.endSending()
        #expect(peer.answer() == "Status: 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large")
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test(arguments: [0, 1, 999, 1000])
    func `A body whose length is not announced is read to its end`(size: Int) {
        let worker = RunningWorker()
        for parameters in [Wire.pair("CONTENT_LENGTH", ""), Wire.pair("A", "b")] {
            let start = Wire.begin() + Wire.parameters(parameters) + Wire.parameters([])
            let body = [UInt8](repeating: 0x62, count: size)
            let halves = [body.prefix(size / 2), body.dropFirst(size / 2)].filter { !$0.isEmpty }
            let peer = Peer(worker.path)
            peer.send(start)
            for half in halves {
                usleep(2000)
                peer.send(Wire.standardInput(Array(half)))
            }
            let answer = peer.exchange(Wire.standardInput([]))
            #expect(answer == "Status: 200 OK\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "b", count: size))
        }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `One that is over the limit is answered all the same, and one that is cut off is not`() {
        let worker = RunningWorker()
        let start = Wire.begin() + Wire.parameters(Wire.pair("A", "b")) + Wire.parameters([])
        let peer = Peer(worker.path)
        peer.send(start + Wire.standardInput([UInt8](repeating: 0x62, count: 1001)) + Wire.standardInput([]))
        peer.endSending()
        #expect(peer.answer() == "Status: 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large")
        let leaving = Peer(worker.path)
        leaving.send(start + Wire.standardInput([1, 2, 3]))
        leaving.endSending()
        #expect(leaving.answer() == nil)
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events == [.requestDropped(.cutOff(received: start.count + 11))])
    }

    @Test
    func `An answer larger than any socket's buffer arrives whole`() {
        var limits = RunningWorker.limits
        limits.answerTime = .seconds(20)
        let worker = RunningWorker(limits: limits)
        #expect(Peer(worker.path).exchange(Wire.request([("SCRIPT", "large")]))?.utf8.count ?? 0 > 4_000_000)
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `An answer is held until its time`() {
        let worker = RunningWorker()
        let start = ContinuousClock.now
        #expect(Peer(worker.path).exchange(Wire.request([("SCRIPT", "held")])) != nil)
        #expect(ContinuousClock.now - start >= .milliseconds(75))
        worker.stop()
    }

    @Test
    func `A handler can end the worker with its answer`() {
        let worker = RunningWorker()
        #expect(Peer(worker.path).exchange(Wire.request([("SCRIPT", "end")], body: "last"))?.hasSuffix("last") == true)
        #expect(worker.end() == .endedByHandler)
    }

    @Test
    func `Told to stop while idle, it ends`() {
        let worker = RunningWorker()
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `Told to stop while a peer is silent, it ends soon`() {
        var limits = RunningWorker.limits
        limits.requestTime = .seconds(60)
        let worker = RunningWorker(limits: limits)
        #expect(worker.serves())
        let peer = Peer(worker.path)
        peer.send(Wire.begin())
        usleep(100_000)
        let start = ContinuousClock.now
        #expect(worker.stop() == .stopped)
        #expect(ContinuousClock.now - start < .seconds(20), "not the minute of a request")
        let received = peer.receiveAll()
        #expect(received == [])
        #expect(worker.events.events == [.requestDropped(.timedOut(received: 16))])
    }

    @Test
    func `Told to stop during a request, it still answers`() {
        let worker = RunningWorker()
        #expect(worker.serves())
        let peer = Peer(worker.path)
        peer.send(Wire.request([("SCRIPT", "slow")], body: "finished"))
        usleep(150_000)
        #expect(worker.stop() == .stopped)
        #expect(peer.answer()?.hasSuffix("finished") == true)
    }

    @Test
    func `Told to stop while there is always a next connection, it does not serve them all first`() {
        let worker = RunningWorker()
        // While it is busy, so that all of them wait to be accepted.
        let busy = Peer(worker.path)
        busy.send(Wire.request([("SCRIPT", "slow")]))
        usleep(100_000)
        let peers = (0..<60).map { _ in UnixSocket.connected(to: worker.path) }
        let request = Wire.request([("SCRIPT", "brief")])
        for peer in peers { _ = unsafe request.withUnsafeBytes { unsafe write(peer, $0.baseAddress, $0.count) } }
        #expect(worker.stop() == .stopped)
        var byte: UInt8 = 0
        let served = peers.count { unsafe recv($0, &byte, 1, Int32(MSG_DONTWAIT)) == 1 }
        #expect(served < peers.count / 2, "the others are left to be accepted by the next worker")
        for peer in peers { close(peer) }
    }

    @Test
    func `A socket that does not listen ends the worker with the reason`() throws {
        var ends: [Int32] = [-1, -1]
        unsafe pipe2(&ends, O_CLOEXEC)
        defer { close(ends[1]) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var worker = try FastCGIWorker(
            limits: RunningWorker.limits,
            listener: descriptor,
            background: BackgroundQueue(),
            stop: StopSource(owning: ends[0]),
            observer: EventList()
        )
        let end = worker.run(ScriptedHandler())
        #expect(end == .listenerFailed(SystemCallFailure("accept4", .invalidArgument)))
    }
}
