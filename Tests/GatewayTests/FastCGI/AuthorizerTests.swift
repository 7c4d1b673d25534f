import Glibc
import Testing

@testable import Gateway

@Suite("A worker that is asked as an authorizer", .timeLimit(.minutes(1)))
struct AuthorizerTests {
    private static let question =
        Wire.begin(role: 2) + Wire.parameters(Wire.pair("SCRIPT", "role") + Wire.pair("CONTENT_LENGTH", "5"))
        + Wire.parameters([])
    private static let answer = "Status: 200 OK\r\nContent-Length: 10\r\n\r\nAUTHORIZER"

    @Test(arguments: [[], Wire.standardInput([]), Wire.standardInput([1, 2, 3, 4, 5]) + Wire.standardInput([])])
    func `It answers once it has the parameters, whatever comes of a body`(body: [UInt8]) {
        let worker = RunningWorker()
        let peer = Peer(worker.path)
        peer.send(Self.question + body)
        peer.endSending()
        #expect(peer.answer() == Self.answer)
        #expect(worker.serves())
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `The parameters may come in two pieces, cut anywhere`() {
        let worker = RunningWorker()
        for cut in 1..<Self.question.count {
            let peer = Peer(worker.path)
            peer.send(Self.question[..<cut])
            usleep(500)
            peer.send(Self.question[cut...])
            peer.endSending()
            #expect(peer.answer() == Self.answer, "cut at \(cut)")
        }
        #expect(worker.stop() == .stopped)
        #expect(worker.events.events.isEmpty)
    }

    @Test
    func `A body that comes later does not cost the answer`() {
        let worker = RunningWorker()
        let peer = Peer(worker.path)
        peer.send(Self.question)
        usleep(50_000)
        let isSent = peer.send(Wire.standardInput([]))
        #expect(isSent, "the worker reads what still comes")
        peer.endSending()
        #expect(peer.answer() == Self.answer)
        #expect(worker.stop() == .stopped)
    }
}
