import Glibc
import Testing

@testable import Gateway

@Suite("A worker serves others while slow work is done for a request", .timeLimit(.minutes(1)))
struct WaitingRequestTests {
    private static func request(_ body: String, script: String = "turn", isKept: Bool = false) -> [UInt8] {
        Wire.request([("SCRIPT", script)], body: body, isKept: isKept)
    }

    @Test
    func `A hundred requests are answered while one has its turn, and its own answer comes after it`() {
        let worker = RunningWorker()
        let (slow, kept) = (KeptPeer(worker.path), KeptPeer(worker.path))
        slow.send(Self.request("slow", isKept: true))
        #expect(waits { worker.turns.begun == 1 })
        for number in 0..<50 {
            #expect(
                kept.turn(Self.request("\(number)", script: "", isKept: true))?.hasSuffix("\r\n\r\n\(number)") == true
            )
            #expect(worker.serves())
        }
        #expect(worker.turns.finished == 0)
        worker.turns.allow(1)
        #expect(slow.nextAnswer()?.hasSuffix("\r\n\r\nslow") == true)
        #expect(slow.turn(Self.request("next", script: "", isKept: true))?.hasSuffix("\r\n\r\nnext") == true)
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `One has its turn at a time, in the order in which they came, and one without work has to wait as well`() {
        let worker = RunningWorker()
        let (first, second, third, last) =
            (KeptPeer(worker.path), KeptPeer(worker.path), KeptPeer(worker.path), KeptPeer(worker.path))
        #expect(last.exchange(Self.request("at once", script: "turn without work"))?.hasSuffix("at once") == true)
        first.send(Self.request("first"))
        #expect(waits { worker.turns.begun == 1 })
        let without = KeptPeer(worker.path)
        second.send(Self.request("second"))
        #expect(waits { worker.turns.asked == 3 })
        without.send(Self.request("without", script: "turn without work"))
        #expect(waits { worker.turns.asked == 4 })
        third.send(Self.request("third"))
        #expect(waits { worker.turns.asked == 5 })
        worker.turns.allow(1)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(waits { worker.turns.begun == 2 })
        #expect(worker.turns.finished == 2, "the one without work is behind the second")
        worker.turns.allow(1)
        #expect(second.answer()?.hasSuffix("second") == true)
        #expect(without.answer()?.hasSuffix("without") == true)
        #expect(waits { worker.turns.begun == 3 })
        worker.turns.allow(1)
        #expect(third.answer()?.hasSuffix("third") == true)
        #expect(worker.turns.asked == 8, "each that had to wait is asked anew")
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `What needs no work any more when its turn comes is answered without`() {
        let worker = RunningWorker()
        let peers = [KeptPeer(worker.path), KeptPeer(worker.path), KeptPeer(worker.path)]
        for (index, peer) in peers.enumerated() {
            peer.send(Self.request("\(index)", script: index == 0 ? "turn" : "turn, once", isKept: true))
            #expect(waits { worker.turns.asked > index })
            if index == 0 { #expect(waits { worker.turns.begun == 1 }) }
        }
        worker.turns.allow(1)
        for (index, peer) in peers.enumerated() { #expect(peer.nextAnswer()?.hasSuffix("\r\n\r\n\(index)") == true) }
        #expect(worker.turns.begun == 1)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `A request that comes in pieces gets its own answer, too`() {
        let worker = RunningWorker()
        let peer = KeptPeer(worker.path)
        let body = String(repeating: "p", count: 900)
        let bytes = Self.request(body)
        peer.send(bytes.prefix(200))
        usleep(20_000)
        peer.send(bytes.dropFirst(200))
        #expect(waits { worker.turns.begun == 1 })
        #expect(worker.serves())
        worker.turns.allow(1)
        #expect(peer.answer()?.hasSuffix("\r\n\r\n" + body) == true)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `A peer that leaves during its turn costs nobody the answer, and nobody else gets it`() {
        let worker = RunningWorker()
        var gone: KeptPeer? = KeptPeer(worker.path)
        gone?.send(Self.request("of one who is gone"))
        #expect(waits { worker.turns.begun == 1 })
        let before = worker.processorTime
        gone = nil
        // Its number is free by now, and the next peers get it.
        let peers = (0..<5).map { _ in KeptPeer(worker.path) }
        for peer in peers { #expect(peer.turn(Self.request("own", script: "", isKept: true)) != nil) }
        usleep(100_000)
        #expect(worker.processorTime - before < .milliseconds(80), "it does not spin")
        for peer in peers { peer.send(Self.request("own", isKept: true)) }
        #expect(waits { worker.turns.asked == 6 })
        worker.turns.allow(6)
        for peer in peers { #expect(peer.nextAnswer()?.hasSuffix("\r\n\r\nown") == true) }
        #expect(worker.turns.finished == 6, "what was learnt for the one who left counts")
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `A peer that leaves before its turn is not asked for again`() {
        let worker = RunningWorker()
        let first = KeptPeer(worker.path)
        first.send(Self.request("first"))
        #expect(waits { worker.turns.begun == 1 })
        var gone: KeptPeer? = KeptPeer(worker.path)
        gone?.send(Self.request("gone"))
        #expect(waits { worker.turns.asked == 2 })
        gone = nil
        #expect(worker.serves())
        worker.turns.allow(2)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(worker.serves())
        #expect(worker.turns.asked == 2 && worker.turns.finished == 1 && worker.turns.begun == 1)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `Where too many wait one more is refused at once, and those who left are not counted`() {
        let worker = RunningWorker(capacity: 2)
        let (first, second, third) = (KeptPeer(worker.path), KeptPeer(worker.path), KeptPeer(worker.path))
        first.send(Self.request("first"))
        #expect(waits { worker.turns.begun == 1 })
        var gone: KeptPeer? = KeptPeer(worker.path)
        gone?.send(Self.request("gone"))
        second.send(Self.request("second"))
        #expect(waits { worker.turns.asked == 3 })
        #expect(KeptPeer(worker.path).exchange(Self.request("fourth"))?.hasSuffix("refused") == true)
        gone = nil
        #expect(worker.serves())
        third.send(Self.request("third"))
        #expect(waits { worker.turns.asked == 5 })
        worker.turns.allow(3)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(second.answer()?.hasSuffix("second") == true)
        #expect(third.answer()?.hasSuffix("third") == true)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `One that waits for too long is refused, and a turn lasts as long as it has to`() {
        let worker = RunningWorker(patience: .milliseconds(500))
        let (first, second) = (KeptPeer(worker.path), KeptPeer(worker.path))
        first.send(Self.request("first"))
        #expect(waits { worker.turns.begun == 1 })
        #expect(second.turn(Self.request("too late", isKept: true))?.hasSuffix("refused") == true)
        second.send(Self.request("in time", isKept: true))
        #expect(waits { worker.turns.asked == 3 })
        worker.turns.allow(1)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(waits { worker.turns.begun == 2 })
        #expect(worker.turns.asked == 4, "the one that was refused is not asked for again")
        usleep(700_000)
        worker.turns.allow(1)
        #expect(second.nextAnswer()?.hasSuffix("in time") == true)
        #expect(worker.stop() == .stopped)
    }

    @Test
    func `Told to stop, a worker ends the turn that is had, and gives those who wait theirs`() {
        let worker = RunningWorker()
        let (first, second) = (KeptPeer(worker.path), KeptPeer(worker.path))
        first.send(Self.request("first", isKept: true))
        #expect(waits { worker.turns.begun == 1 })
        second.send(Self.request("second"))
        #expect(waits { worker.turns.asked == 2 })
        worker.beginStop()
        #expect(worker.end(within: .milliseconds(100)) == nil)
        worker.turns.allow(2)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(second.answer()?.hasSuffix("second") == true)
        #expect(worker.end() == .stopped)
    }

    @Test
    func `Told to stop, a worker learns what the turn of one who left comes to`() {
        let worker = RunningWorker()
        var gone: KeptPeer? = KeptPeer(worker.path)
        gone?.send(Self.request("gone"))
        #expect(waits { worker.turns.begun == 1 })
        gone = nil
        worker.beginStop()
        #expect(worker.end(within: .milliseconds(100)) == nil)
        worker.turns.allow(1)
        #expect(worker.end() == .stopped)
        #expect(worker.turns.finished == 1)
    }

    @Test
    func `A handler that ends the worker when a turn ends is not asked for those who wait`() {
        let worker = RunningWorker()
        let (first, second) = (KeptPeer(worker.path), KeptPeer(worker.path))
        first.send(Self.request("first", script: "turn, end"))
        #expect(waits { worker.turns.begun == 1 })
        second.send(Self.request("second"))
        #expect(waits { worker.turns.asked == 2 })
        worker.turns.allow(1)
        #expect(first.answer()?.hasSuffix("first") == true)
        #expect(second.receiveAll() == [])
        #expect(worker.end() == .endedByHandler)
        #expect(worker.turns.asked == 2)
    }

    @Test
    func `A handler that ends the worker while a turn is had is not asked for it`() {
        let worker = RunningWorker()
        let slow = KeptPeer(worker.path)
        slow.send(Self.request("slow"))
        #expect(waits { worker.turns.begun == 1 })
        // Somebody who does not read the answer, so that the worker does not end at once.
        let reluctant = KeptPeer(worker.path)
        reluctant.send(Self.request("", script: "large"))
        #expect(worker.serves())
        #expect(KeptPeer(worker.path).exchange(Self.request("end", script: "end"))?.hasSuffix("end") == true)
        #expect(slow.receiveAll() == [])
        worker.turns.allow(1)
        #expect(worker.end() == .endedByHandler)
        #expect(worker.turns.finished == 0)
    }

    @Test
    func `A worker that ends waits for its thread`() {
        let worker = RunningWorker()
        let slow = KeptPeer(worker.path)
        slow.send(Self.request("slow"))
        #expect(waits { worker.turns.begun == 1 })
        #expect(KeptPeer(worker.path).exchange(Self.request("end", script: "end"))?.hasSuffix("end") == true)
        #expect(slow.receiveAll() == [])
        #expect(worker.end(within: .milliseconds(100)) == nil)
        worker.turns.allow(1)
        #expect(worker.end() == .endedByHandler)
    }

    @Test
    func `The thread is one, of lower priority, and gone with the worker`() async {
        await #expect(processExitsWith: .success) {
            let lower = min(19, getpriority(Int32(PRIO_PROCESS.rawValue), 0) + 10)
            #expect(Self.threads(niceness: lower) == 0)
            let worker = RunningWorker()
            #expect(worker.serves())
            #expect(Self.threads(niceness: lower) == 1)
            #expect(worker.stop() == .stopped)
            #expect(waits { Self.threads(niceness: lower) == 0 })
            exit(0)
        }
    }

    /// How many of this process's threads are as nice as that.
    private static func threads(niceness: Int32) -> Int {
        // Sound: the directory is closed last, and each entry is read before the next.
        guard let directory = unsafe opendir("/proc/self/task") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard let number = UInt32(String(decoding: name, as: UTF8.self)) else { continue }
            if getpriority(Int32(PRIO_PROCESS.rawValue), number) == niceness { count += 1 }
        }
        return count
    }
}
