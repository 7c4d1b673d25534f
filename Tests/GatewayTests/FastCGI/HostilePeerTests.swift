import Glibc
import Linux
import SystemPackage
import Testing

@testable import Gateway

/// What a peer may do to a worker, and what the worker makes of it.
struct Hostility: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let events: [GatewayEvent]
    let act: @Sendable (borrowing Peer) -> Void

    init(_ description: String, _ drops: DroppedRequest?, _ act: @escaping @Sendable (borrowing Peer) -> Void) {
        self.init(description, events: drops.map { [.requestDropped($0)] } ?? [], act)
    }

    init(_ description: String, events: [GatewayEvent], _ act: @escaping @Sendable (borrowing Peer) -> Void) {
        testDescription = description
        self.events = events
        self.act = act
    }

    /// Sends, and waits until the worker closes without an answer.
    static func sends(_ bytes: [UInt8]) -> @Sendable (borrowing Peer) -> Void {
        { peer in
            peer.send(bytes)
            let received = peer.receiveAll()
            #expect(received == [])
        }
    }

    /// Sends, and leaves.
    static func leaves(after bytes: [UInt8]) -> @Sendable (borrowing Peer) -> Void {
        { peer in
            peer.send(bytes)
        }
    }

    static let start = Wire.begin() + Wire.parameters(Wire.pair("CONTENT_LENGTH", "10") + Wire.pair("A", "b"))
    static let hidden = Wire.record(Wire.getValues, Wire.length(0x7fff_fffe) + [0], id: 0) + Wire.begin()
    static let all: [Hostility] = [
        Hostility("connects and leaves", .neverBegan, leaves(after: [])),
        Hostility("connects and is silent", .timedOut(received: 0), sends([])),
        Hostility("begins and is silent", .timedOut(received: 16), sends(Wire.begin())),
        Hostility("is silent in mid-parameters", .timedOut(received: start.count), sends(start)),
        Hostility(
            "is silent in mid-body",
            .timedOut(received: start.count + 21),
            sends(start + Wire.parameters([]) + Wire.standardInput([1, 2, 3, 4, 5]))
        ),
        Hostility("leaves in mid-header", .cutOff(received: 3), leaves(after: [1, 1, 0])),
        Hostility("leaves after the beginning", .cutOff(received: 16), leaves(after: Wire.begin())),
        Hostility(
            "leaves in mid-parameters",
            .cutOff(received: start.count - 3),
            leaves(after: Array(start.dropLast(3)))
        ),
        Hostility(
            "leaves in mid-body",
            .cutOff(received: start.count + 21),
            leaves(after: start + Wire.parameters([]) + Wire.standardInput([1, 2, 3, 4, 5]))
        ),
        Hostility("sends a byte now and then", .timedOut(received: 20)) { peer in
            for byte in Wire.request([("A", "b")], body: "0123456789").prefix(20) {
                peer.send([byte])
                usleep(5000)
            }
            let received = peer.receiveAll()
            #expect(received == [])
        },
        Hostility(
            "ends a body before its length",
            .bodyLength(announced: 100, received: 5),
            sends(Wire.request(body: "short", length: "100"))
        ),
        Hostility(
            "sends more body than its length",
            .bodyLength(announced: 3, received: 4),
            sends(Wire.request(body: "longer", length: "3"))
        ),
        Hostility(
            "sends a body under the length 0",
            .bodyLength(announced: 0, received: 1),
            sends(Wire.request(body: "longer", length: "0"))
        ),
        Hostility(
            "sends more than the limit under a small length",
            .bodyLength(announced: 3, received: 1001),
            sends(Wire.request(body: String(repeating: "b", count: 2000), length: "3"))
        ),
        Hostility("sends a length that is no number", .contentLengthNotANumber, sends(Wire.request(length: "ten"))),
        Hostility(
            "announces a name of 0x7ffffffe bytes",
            .malformed(.parametersTooLarge),
            sends(Wire.begin() + Wire.parameters(Wire.length(0x7fff_fffe) + [0]) + Wire.parameters([]))
        ),
        Hostility(
            "announces a value of 0x7ffffffe bytes",
            .malformed(.parametersTooLarge),
            sends(Wire.begin() + Wire.parameters([0] + Wire.length(0x7fff_fffe)) + Wire.parameters([]))
        ),
        Hostility(
            "hides a record in the padding of the beginning",
            .malformed(.padding),
            sends(Wire.padded(Wire.begin(), with: hidden) + Wire.parameters([]) + Wire.standardInput([]))
        ),
        Hostility(
            "hides a record in the padding of the parameters' end",
            .malformed(.padding),
            sends(Wire.begin() + Wire.padded(Wire.parameters([]), with: hidden) + Wire.standardInput([]))
        ),
        Hostility("speaks HTTP", .malformed(.version), sends(Array("GET / HTTP/1.1\r\n\r\n".utf8))),
        Hostility(
            "asks for the same value a hundred times",
            .malformed(.management),
            sends(Wire.record(Wire.getValues, (0..<100).flatMap { _ in Wire.pair("FCGI_MAX_CONNS", "") }, id: 0))
        ),
        Hostility("multiplexes", .malformed(.order), sends(start + Wire.begin(id: 2))),
        Hostility("aborts", .malformed(.order), sends(start + Wire.record(Wire.abortRequest))),
        Hostility(
            "sends padding without end",
            .malformed(.wasteful),
            sends(Wire.begin() + (0..<560).flatMap { _ in Wire.parameters([0], padding: 255) })
        ),
        Hostility("gets its answer and never closes", nil) { peer in
            peer.send(Wire.request(body: "fine"))
            let answer = peer.answer()
            #expect(answer?.hasSuffix("fine") == true)
            usleep(50_000)
        },
        Hostility("leaves without its answer", events: []) { peer in
            peer.send(Wire.request([("SCRIPT", "held")]))
        },
        Hostility(
            "never reads a large answer",
            events: [.answerNotSent(SystemCallFailure("send", .timedOut))]
        ) { peer in
            peer.send(Wire.request([("SCRIPT", "large")]))
            usleep(700_000)
        },
        Hostility(
            "leaves in the middle of a large answer",
            events: [.answerNotSent(SystemCallFailure("send", .brokenPipe))]
        ) { peer in
            peer.send(Wire.request([("SCRIPT", "large")]))
            usleep(50_000)
        },
        Hostility("sends more than the limit and never ends", nil) { peer in
            let announced = Wire.begin() + Wire.parameters(Wire.pair("CONTENT_LENGTH", "5000")) + Wire.parameters([])
            peer.send(announced + Wire.standardInput([UInt8](repeating: 1, count: 2000)))
            let answer = peer.answer()
            #expect(answer?.hasSuffix("too large") == true)
        },
    ]
}

@Suite("Whatever a peer does, the worker goes on and does not spin", .timeLimit(.minutes(1)))
struct HostilePeerTests {
    @Test(arguments: Hostility.all)
    func `A peer`(hostility: Hostility) {
        let worker = RunningWorker()
        #expect(worker.serves())
        let before = worker.processorTime
        hostility.act(Peer(worker.path))
        #expect(worker.serves(), "the next request is answered")
        let used = worker.processorTime - before
        #expect(used < .milliseconds(60), "no spinning, but \(used)")
        #expect(worker.stop() == .stopped)
        let events = worker.events.events.map { event in
            // Which of the two a write to a closed connection meets is the kernel's affair.
            event == .answerNotSent(SystemCallFailure("send", .connectionReset))
                ? .answerNotSent(SystemCallFailure("send", .brokenPipe)) : event
        }
        #expect(events.filter { $0 != .answerNotSent(SystemCallFailure("write", .brokenPipe)) } == hostility.events)
    }
}
