import Testing

@testable import grantctl

@Suite struct HealthAnswerTests {
    private static let end: [UInt8] = [1, 3, 0, 1, 0, 8, 0, 0] + [UInt8](repeating: 0, count: 8)

    private func output(_ text: String, padding: UInt8 = 0) -> [UInt8] {
        [1, 6, 0, 1, 0, UInt8(text.utf8.count), padding, 0] + Array(text.utf8)
            + [UInt8](repeating: 0, count: Int(padding))
    }

    @Test(arguments: [
        ("Status: 200 OK\r\nContent-Type: a\r\n\r\n{}", true), ("Content-Type: a\r\n\r\n{}", true),
        ("Status: 503 x\r\n\r\n{}", false), ("Content-Type: a\r\nstatus: 404\r\n\r\n{}", false),
    ])
    func `The status decides, and none means 200`(text: String, isHealthy: Bool) throws {
        let answer = try #require(HealthAnswer(records: output(text) + Self.end))
        #expect(answer.isHealthy == isHealthy && answer.body == "{}")
    }

    @Test func `An answer comes in several records with padding`() throws {
        let records =
            output("Status: 200\r\n", padding: 3) + output("\r\n{\"a\":", padding: 7) + output("1}") + Self.end
        #expect(try #require(HealthAnswer(records: records)).body == #"{"a":1}"#)
    }

    @Test func `An answer without its end is none, wherever it is cut`() {
        let whole = output("Status: 200\r\n\r\n{}", padding: 5) + Self.end
        for length in 0..<whole.count { #expect(HealthAnswer(records: Array(whole[..<length])) == nil) }
        #expect(HealthAnswer(records: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) == nil)
        #expect(HealthAnswer(records: output("no headers") + Self.end) == nil)
    }
}
