import GrantCore
import Testing

@testable import grantctl

@Suite struct ArgumentFormTests {
    @Test(arguments: [
        ("0", 0), ("3600", 3600), ("90s", 90), ("30m", 1800), ("12h", 43200), ("7d", 604_800), ("2000ms", 2),
    ])
    func `A duration is seconds, or has a unit`(text: String, seconds: Int) throws {
        #expect(try ArgumentForm.seconds(text, in: 0...1_000_000) == seconds)
    }

    @Test(arguments: [
        "", "h", "1 h", "1.5h", "-1h", "1H", "1w", "500ms", "1000001", "12d", "9223372036854775807d", "1h30m",
    ])
    func `Anything else is refused with the forms that are taken`(text: String) {
        let error = #expect(throws: (any Error).self) { try ArgumentForm.seconds(text, in: 0...1_000_000) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("0 to 1000000 seconds, such as 3600, 90s, 30m, 12h or 7d"))
    }

    @Test(arguments: [("0.2", 0.2), ("500ms", 0.5), ("5s", 5), ("1m", 60)])
    func `An interval may be less than a second`(text: String, seconds: Double) throws {
        #expect(try ArgumentForm.interval(text) == seconds)
    }

    @Test(arguments: ["a,b", "a, b", ",a b", "a b,"])
    func `Commas in a scope are refused, with the words as they have to be written`(text: String) {
        let error = #expect(throws: (any Error).self) { try ArgumentForm.scope(text) }
        let words = text == ",a b" || text == "a b," || text.hasPrefix("a,") ? "a b" : ""
        #expect("\(error.map { "\($0)" } ?? "")".contains(#"separated by blanks: --scope "\#(words)""#))
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "2001:db8::/64"), ("2001:db8:0:1::/64", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("::1", "::/64"),
    ])
    func `An origin is an address, or a network as it is shown`(text: String, shown: String) throws {
        let origin = try ArgumentForm.origin(text)
        #expect(origin.text == shown)
        #expect(try ArgumentForm.origin(origin.text) == origin)
    }

    @Test(arguments: ["", "here", "192.0.2.7/64", "192.0.2", "2001:db8::/48"])
    func `Other origins are refused`(text: String) {
        #expect(throws: (any Error).self) { try ArgumentForm.origin(text) }
    }
}
