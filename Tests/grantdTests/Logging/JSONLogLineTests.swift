import Foundation
import GrantCore
import Logging
import Settings
import Testing

@testable import grantd

private func line(
    _ message: String = "refused",
    level: Logger.Level = .notice,
    _ metadata: Logger.Metadata = [:],
    style: LogStyle = .dated,
    at time: Timestamp = Timestamp(microseconds: 1_795_475_768_123_456)
) -> String {
    JSONLogLine.text(level: level, message: message, metadata: metadata, style: style, at: time)
}

/// What a program reads of a line with this one detail.
private func members(_ key: String, _ value: String) throws -> [String: String] {
    let text = line("refused", ["\(key)": "\(value)"])
    #expect(text.unicodeScalars.filter { $0 == "\n" }.count == 1 && text.hasSuffix("}\n"))
    return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
}

@Suite struct JSONLogLineTests {
    @Test func `A line begins with the time, the level and the message, and orders its details by name`() {
        #expect(
            line("refused", ["reason": "unknown client", "client": "web-app", "peer": "192.0.2.1", "count": "12"])
                == #"{"time":"2026-11-23T23:16:08.123Z","level":"notice","message":"refused","client":"web-app","#
                + #""count":"12","peer":"192.0.2.1","reason":"unknown client"}"# + "\n"
        )
        #expect(
            line("up", level: .info)
                == #"{"time":"2026-11-23T23:16:08.123Z","level":"info","message":"up"}"# + "\n"
        )
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (999, "1970-01-01T00:00:00.000Z"), (1000, "1970-01-01T00:00:00.001Z"),
        (999_999, "1970-01-01T00:00:00.999Z"), (1_795_475_768_010_000, "2026-11-23T23:16:08.010Z"),
    ])
    func `The time has three digits after the second`(microseconds: Int64, text: String) {
        #expect(line(at: Timestamp(microseconds: microseconds)).hasPrefix(#"{"time":"\#(text)","#))
    }

    @Test(arguments: [
        (Logger.Level.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7), (.trace, 7),
    ])
    func `In the journal the priority comes before the object`(level: Logger.Level, priority: Int) {
        let object = line(level: level)
        #expect(object.hasPrefix("{") && object.contains(#","level":"\#(level)","#))
        #expect(line(level: level, style: .journal) == "<\(priority)>" + object)
    }

    @Test(arguments: [
        ("", ""), ("a b", "a b"), ("a\"b\\c/", #"a\"b\\c/"#), ("x\n<2>forged\r", #"x\u000a<2>forged\u000d"#),
        ("\0\t\u{1B}[2J\u{7F}", #"\u0000\u0009\u001b[2J\u007f"#), ("\u{80}\u{85}", #"\u0080\u0085"#),
        ("\u{2028}\u{2029}", #"\u2028\u2029"#), ("\u{202E}\u{2066}\u{200F}x", #"\u202e\u2066\u200fx"#),
        ("\u{200B}\u{FEFF}\u{AD}", #"\u200b\ufeff\u00ad"#), ("\u{E0041}\u{10FFFF}", #"\udb40\udc41\udbff\udfff"#),
        ("\u{E000}", #"\ue000"#), ("müller 名 😀", "müller 名 😀"), ("\u{FFFD}", "\u{FFFD}"),
        (#"","level":"critical"#, #"\",\"level\":\"critical"#), ("</script>", "</script>"),
    ])
    func `A hostile value is one string, and nothing in it is hidden`(value: String, written: String) throws {
        #expect(line("refused", ["client": "\(value)"]).hasSuffix(#","client":"\#(written)"}"# + "\n"))
        #expect(try members("client", value)["client"]?.utf8.elementsEqual(value.utf8) == true)
    }

    @Test(arguments: ["a", "\"", "\n", "\u{2028}", "é", "😀", "e\u{301}", "\u{10FFFF}"])
    func `A long value is cut, and says so`(unit: String) throws {
        let limit = LogLine.maximumValueLength / unit.unicodeScalars.count
        let whole = String(repeating: unit, count: limit)
        #expect(try members("client", whole)["client"] == whole)
        #expect(try members("client", whole + "x")["client"] == whole + "…")
        #expect(try members("client", String(repeating: unit, count: 10_000))["client"] == whole + "…")
        #expect(line(String(repeating: unit, count: 10_000)).utf8.count < 12 * LogLine.maximumValueLength + 100)
    }

    @Test func `A message is escaped and cut as well`() throws {
        let text = line("a\n\"" + String(repeating: "b", count: 10_000))
        let read = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(read["message"] == "a\n\"" + String(repeating: "b", count: LogLine.maximumValueLength - 3) + "…")
    }

    @Test func `A detail never takes the place of another member`() throws {
        let keys = ["time", "level", "message", "_time", "__time", "_level", "Time", "time ", "messages", "_", ""]
        let text = line("refused", Dictionary(uniqueKeysWithValues: keys.map { ($0, "the detail \($0)") }))
        let read = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(read["time"] == "2026-11-23T23:16:08.123Z" && read["level"] == "notice" && read["message"] == "refused")
        let names = [
            "_time", "_level", "_message", "__time", "___time", "__level", "Time", "time ", "messages", "_", "",
        ]
        for (key, name) in zip(keys, names) { #expect(read[name] == "the detail \(key)") }
        #expect(read.count == keys.count + 3)
    }

    @Test func `A key is escaped too`() throws {
        #expect(try members("a\"\n\u{202E}", "b")["a\"\n\u{202E}"] == "b")
        #expect(line("refused", ["a\"\n": "b"]).hasSuffix(#","a\"\u000a":"b"}"# + "\n"))
    }

    @Test func `A form that a reload has changed holds from the next line on`() {
        let format = SharedLogFormat(.text)
        #expect(format.current == .text)
        format.change(to: .json)
        #expect(format.current == .json)
    }
}
