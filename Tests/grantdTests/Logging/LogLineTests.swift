import Glibc
import GrantCore
import Logging
import Testing

@testable import grantd

private func line(
    _ message: String = "refused",
    level: Logger.Level = .notice,
    _ metadata: Logger.Metadata = [:],
    style: LogStyle = .dated
) -> String {
    LogLine.text(level: level, message: message, metadata: metadata, style: style, at: 1_795_475_768)
}

@Suite struct LogLineTests {
    @Test func `A line for people begins with the time and the level, and orders its details by key`() {
        #expect(
            line("refused", ["reason": "unknown client", "client": "web-app", "peer": "192.0.2.1"])
                == "2026-11-23T23:16:08Z notice  refused  client=web-app peer=192.0.2.1 reason=\"unknown client\"\n"
        )
        #expect(line("up", level: .info) == "2026-11-23T23:16:08Z info    up\n")
    }

    @Test(arguments: [
        (Logger.Level.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7), (.trace, 7),
    ])
    func `A line for the journal begins with the priority and has no time`(level: Logger.Level, priority: Int) {
        #expect(line("up", level: level, ["workers": "2"], style: .journal) == "<\(priority)>up  workers=2\n")
    }

    @Test(arguments: [
        ("web-app", "web-app"), ("2001:db8::1", "2001:db8::1"), ("", "\"\""), ("a b", "\"a b\""),
        ("a=b", "\"a=b\""), ("a\"b\\", "\"a\\\"b\\\\\""), ("müller", "\"müller\""),
        ("x\n<2>forged", "\"x\\n<2>forged\""), ("x\r\ny", "\"x\\u{d}\\ny\""), ("\u{1B}[2J", "\"\\u{1b}[2J\""),
        ("\u{202E}x\u{2028}\u{85}", "\"\\u{202e}x\\u{2028}\\u{85}\""), ("\0", "\"\\u{0}\""),
    ])
    func `A value that holds more than safe characters is quoted and escaped`(value: String, written: String) {
        #expect(line("refused", ["client": "\(value)"]).hasSuffix(" client=\(written)\n"))
    }

    @Test(arguments: [256, 257, 100_000])
    func `A long value is cut`(length: Int) {
        let value = String(repeating: "a", count: length)
        let written = length > 256 ? "\"" + String(repeating: "a", count: 256) + "…\"" : value
        #expect(line("refused", ["client": "\(value)"]).hasSuffix(" client=\(written)\n"))
    }

    @Test func `Neither a message nor a key can end the line`() {
        let text = line("a\nb", ["c\nd": "e"])
        #expect(text.filter { $0 == "\n" }.count == 1)
        #expect(text.hasSuffix("a\\nb  c\\nd=e\n"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_251_199, "2024-02-29T23:59:59Z"), (1_735_689_599, "2024-12-31T23:59:59Z"),
        (4_102_444_800, "2100-01-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
    ])
    func `Times are UTC as RFC 3339 writes them`(seconds: Int, text: String) {
        #expect(UTCTime(seconds: seconds).description == text)
    }

    @Test func `The journal's style needs standard error to be the journal's own stream`() {
        var file = stat()
        #expect(unsafe fstat(STDERR_FILENO, &file) == 0)
        let own = "\(file.st_dev):\(file.st_ino)"
        #expect(LogStyle.ofStandardError(environment: ["JOURNAL_STREAM": own]) == .journal)
        #expect(LogStyle.ofStandardError(environment: ["JOURNAL_STREAM": own + "1"]) == .dated)
        #expect(LogStyle.ofStandardError(environment: [:]) == .dated)
        #expect(LogStyle.ofStandardError(environment: ["JOURNAL_STREAM": "0:0"]) == .dated)
    }
}
