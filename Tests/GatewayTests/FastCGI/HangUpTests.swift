import Glibc
import Testing

@testable import Gateway

@Suite("A request whose peer has gone is cancelled or finished, and never leaked", .timeLimit(.minutes(5)))
struct HangUpTests {
    /// What requests ask for: answers at once, by a turn, held, and larger than a socket's buffer.
    private static let scripts = ["", "turn", "turn without work", "turn, once", "held"]

    @Test(
        "After 100,000 requests whose peers hang up at random moments no task and no descriptor is left"
    )
    func hangingUp() async {
        // In a process of its own, whose descriptors are the test's alone.
        await #expect(processExitsWith: .success) {
            let worker = RunningWorker(patience: .milliseconds(20))
            worker.turns.allow(1_000_000)
            #expect(worker.serves())
            let before = Self.descriptors()
            Self.hangUp(on: worker, requests: 100_000)
            #expect(worker.serves())
            #expect(waits { Self.descriptors() == before })
            #expect(worker.turns.begun > 1000 && worker.turns.asked > worker.turns.finished)
            #expect(worker.stop() == .stopped)
            #expect(worker.tasksLeft == 0)
            exit(0)
        }
    }

    private static func hangUp(on worker: RunningWorker, requests count: Int) {
        var random = SystemRandomNumberGenerator()
        let requests = scripts.map { Wire.request([("SCRIPT", $0)], body: "a body", isKept: true) }
        let large = Wire.request([("SCRIPT", "large")], isKept: true)
        var staying: [KeptPeer] = []
        for number in 0..<count {
            let peer = KeptPeer(worker.path)
            let request = number.isMultiple(of: 200) ? large : requests[number % requests.count]
            // Some leave before the end of their request, the others at once or while it is answered.
            peer.send(
                number.isMultiple(of: 7) ? request.prefix(.random(in: 0..<request.count, using: &random)) : request[...]
            )
            if number.isMultiple(of: 3) { staying.append(peer) }
            if staying.count > 40 { staying.removeFirst(.random(in: 1...40, using: &random)) }
        }
    }

    private static func descriptors() -> Int {
        // Sound: the directory is closed last.
        guard let directory = unsafe opendir("/proc/self/fd") else { return -1 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        return count
    }
}
