import Glibc
import Linux
import SystemPackage
import Testing

@testable import Gateway

/// Each in a process of its own, because signals and the limit of descriptors belong to processes.
@Suite("A worker and its process", .timeLimit(.minutes(1)))
struct WorkerSignalTests {
    @Test
    func `A signal ends an idle worker`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            Threads.unblockSignals()
            for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] {
                let worker = RunningWorker(signals: true)
                guard worker.serves() else { exit(2) }
                worker.signal(number)
                guard worker.end() == .stopped else { exit(3) }
            }
            exit(0)
        }
    }

    @Test
    func `TERM ends a worker soon while a peer is silent`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            Threads.unblockSignals()
            let worker = RunningWorker(signals: true)
            guard worker.serves() else { exit(2) }
            let before = worker.processorTime
            let peer = Peer(worker.path)
            peer.send(Wire.begin())
            usleep(100_000)
            worker.signal(SIGTERM)
            usleep(150_000)  // of the 500 that a stop leaves it
            guard worker.processorTime - before < .milliseconds(60) else { exit(3) }
            guard worker.end() == .stopped, peer.receiveAll() == [] else { exit(4) }
            exit(0)
        }
    }

    @Test
    func `TERM during a request lets it be answered`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            Threads.unblockSignals()
            let worker = RunningWorker(signals: true)
            guard worker.serves() else { exit(1) }
            let peer = Peer(worker.path)
            peer.send(Wire.request([("SCRIPT", "slow")], body: "finished"))
            usleep(150_000)
            worker.signal(SIGTERM)
            guard peer.answer()?.hasSuffix("finished") == true else { exit(2) }
            guard worker.end() == .stopped else { exit(3) }
            exit(0)
        }
    }

    @Test
    func `TERM in mid-body lets the rest of the body come`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            Threads.unblockSignals()
            let worker = RunningWorker(signals: true)
            guard worker.serves() else { exit(1) }
            let peer = Peer(worker.path)
            let request = Wire.request(body: "all of it")
            peer.send(request.dropLast(12))
            usleep(50_000)
            worker.signal(SIGTERM)
            usleep(50_000)
            guard peer.exchange(request.suffix(12))?.hasSuffix("all of it") == true else { exit(2) }
            guard worker.end() == .stopped else { exit(3) }
            exit(0)
        }
    }

    @Test
    func `libfcgi's own signal handlers are not left behind`() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            Threads.unblockSignals()
            let worker = RunningWorker()
            guard worker.serves() else { exit(2) }
            raise(SIGTERM)
        }
    }

    @Test
    func `Without descriptors the worker waits, says so and does not spin, and goes on once there are some`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            Threads.unblockSignals()
            let worker = RunningWorker()
            guard worker.serves() else { exit(2) }
            let peer = Peer()
            var held: [Int32] = []
            while case let next = dup(0), next >= 0 { held.append(next) }
            let before = worker.processorTime
            peer.connect(to: worker.path)
            peer.send(Wire.request(body: "patient"))
            usleep(350_000)
            guard worker.events.events.first == .acceptFailed(SystemCallFailure("accept4", .tooManyOpenFiles)) else {
                exit(3)
            }
            guard worker.events.events.count < 6, worker.processorTime - before < .milliseconds(60) else { exit(4) }
            for descriptor in held { close(descriptor) }
            guard peer.answer()?.hasSuffix("patient") == true else { exit(5) }
            exit(0)
        }
    }
}
