import CLinux
import Glibc
import SystemPackage
import Testing

@testable import Gateway

@Suite("A CGI process")
struct CGIProcessTests {
    /// Runs one request whose body comes from a pipe, which is then closed.
    private static func run(_ parameters: GatewayParameters, body: String = "") throws -> Outcome {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        unsafe pipe2(&input, O_CLOEXEC)
        unsafe pipe2(&output, O_CLOEXEC)
        _ = unsafe Array(body.utf8).withUnsafeBytes { unsafe write(input[1], $0.baseAddress, $0.count) }
        close(input[1])
        let events = EventList()
        let process = CGIProcess(
            bodyLimit: 100,
            parameters: parameters,
            input: .init(rawValue: input[0]),
            output: .init(rawValue: output[1]),
            observer: events
        )
        let status = process.run(ScriptedHandler())
        close(output[1])
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(output[0], $0.baseAddress, $0.count) }
        let answer = String(decoding: buffer.prefix(count), as: UTF8.self)
        let left = unsafe buffer.withUnsafeMutableBytes { unsafe read(input[0], $0.baseAddress, $0.count) }
        close(input[0])
        close(output[0])
        return Outcome(status: status, answer: answer, events: events.events, left: left)
    }

    private struct Outcome {
        let status: Int32
        let answer: String
        let events: [GatewayEvent]
        /// How many bytes of the input were not read.
        let left: Int
    }

    @Test
    func `It answers the request of its environment on standard output`() throws {
        let outcome = try Self.run(["CONTENT_LENGTH": "4", "SCRIPT": "echo"], body: "body and what follows")
        #expect(outcome.status == 0)
        #expect(outcome.answer == "Status: 200 OK\r\nContent-Length: 4\r\n\r\nbody")
        #expect(outcome.events.isEmpty)
        #expect(outcome.left == 17)
    }

    @Test
    func `Without CONTENT_LENGTH it reads nothing`() throws {
        #expect(
            try Self.run(["SCRIPT": "echo"], body: "ignored").answer == "Status: 200 OK\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test
    func `A body over the limit reaches the handler as too large`() throws {
        let outcome = try Self.run(["CONTENT_LENGTH": "101"], body: String(repeating: "b", count: 101) + "rest")
        #expect(outcome.answer == "Status: 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large")
        #expect(outcome.status == 0)
        #expect(outcome.left == 4, "the body is read, and nothing after it")
    }

    @Test(arguments: [
        ("10", DroppedRequest.bodyLength(announced: 10, received: 5)), ("ten", .contentLengthNotANumber),
    ])
    func `A request that is not whole is answered 400, with an exit status that tells`(
        length: String,
        reason: DroppedRequest
    ) throws {
        let outcome = try Self.run(["CONTENT_LENGTH": length], body: "short")
        #expect(outcome.status == 1)
        #expect(outcome.answer == "Status: 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        #expect(outcome.events == [.requestDropped(reason)])
    }

    @Test
    func `A handler that ends the worker makes the exit status tell`() throws {
        let outcome = try Self.run(["SCRIPT": "end"])
        #expect(outcome.status == 1)
        #expect(outcome.answer.hasPrefix("Status: 200 OK"))
    }

    @Test
    func `An answer is held until its time`() throws {
        let elapsed = try ContinuousClock().measure { _ = try Self.run(["SCRIPT": "held"]) }
        #expect(elapsed >= .milliseconds(75))
    }
}
