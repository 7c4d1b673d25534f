import Testing

@testable import RedisStore

@Suite("The Redis protocol") struct RedisProtocolTests {
    private func replies(_ chunks: [String]) throws -> [RedisReply] {
        let reader = ReplyReader()
        var replies: [RedisReply] = []
        for chunk in chunks {
            let bytes = Array(chunk.utf8)
            unsafe bytes.withUnsafeBytes { unsafe reader.feed($0) }
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    private let text = "+OK\r\n:-7\r\n$-1\r\n*-1\r\n$3\r\na\r\n\r\n-ERR no\r\n*3\r\n:1\r\n*1\r\n$0\r\n\r\n$-1\r\n"
    private let parsed: [RedisReply] = [
        .text(Array("OK".utf8)), .integer(-7), .null, .null, .text(Array("a\r\n".utf8)), .error("ERR no"),
        .array([.integer(1), .array([.text([])]), .null]),
    ]

    @Test func `Every type of reply is read`() throws {
        #expect(try replies([text]) == parsed)
    }

    @Test func `Replies may come in any pieces`() throws {
        #expect(try replies(text.unicodeScalars.map { String($0) }) == parsed)
    }

    @Test(arguments: ["?\r\n", "*70000\r\n", "$-7\r\n", String(repeating: "*1\r\n", count: 20)])
    func `What leaves the protocol or its bounds is refused`(text: String) {
        #expect(throws: ConnectionFailure.malformed) { try replies([text]) }
    }

    @Test func `What has come of a reply that is not whole is counted`() throws {
        let reader = ReplyReader()
        let bytes = Array("$100\r\nabc".utf8)
        unsafe bytes.withUnsafeBytes { unsafe reader.feed($0) }
        #expect(try reader.next() == nil)
        #expect(reader.pending >= 3)
    }

    @Test func `Commands are arrays of bulk strings`() {
        var commands = RedisCommands("GET", "k")
        commands.append([[0, 13, 10], Array(repeating: 1, count: 12)])
        #expect(commands.count == 2)
        let expected =
            Array("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n$3\r\n".utf8) + [0, 13, 10, 13, 10] + Array("$12\r\n".utf8)
        #expect(commands.bytes == expected + [UInt8](repeating: 1, count: 12) + [13, 10])
    }

    @Test func `Each command of a moving slot is announced`() {
        var commands = RedisCommands("A")
        commands.append("B")
        let asking = "*1\r\n$6\r\nASKING\r\n"
        let both = commands.asking(at: [0, 1])
        #expect(both.count == 4)
        #expect(both.bytes == Array("\(asking)*1\r\n$1\r\nA\r\n\(asking)*1\r\n$1\r\nB\r\n".utf8))
        var twice = commands
        twice.append(commands)
        #expect(twice.count == 4)
        #expect(twice.asking(at: [0, 3]).bytes == both.bytes)
        #expect(twice.asking(at: [2]).bytes == commands.asking(at: [0]).bytes)
    }
}
