import GrantCore
import Testing

@testable import grantctl

@Suite("TimeArgument is a time, or a duration from now")
struct TimeArgumentTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-03-01T00:00:00Z", 5_097_600), ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-12-01T06:00:00Z", 1_796_104_800), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)]
    )
    func `a time in UTC`(text: String, seconds: Int64) throws {
        #expect(try TimeArgument(argument: text) == .at(Timestamp(seconds: seconds)))
    }

    @Test(arguments: [("0", 0), ("90", 90), ("5m", 300), ("365d", 31_536_000)])
    func `a duration`(text: String, seconds: Int) throws {
        #expect(try TimeArgument(argument: text) == .after(seconds))
    }

    @Test(arguments: [
        "", "soon", "-1", "366d", "1.5", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-12-01T24:00:00Z",
        "2026-12-01T06:00:60Z", "2026-12-01 06:00:00Z", "2026-12-01T06:00:00", "2026-12-01T06:00:00+01:00",
        "2026-12-01",
        "2026-12-1T06:00:00Z", "2026-12-01T06:00:00.5Z", "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "99999999999999999999-01-01T00:00:00Z", "2026-99999999999999999-01T00:00:00Z",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: (any Error).self) { try TimeArgument(argument: text) }
    }

    @Test func `a time that has passed is now`() throws {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(try TimeArgument(argument: "2026-12-01T06:00:00Z").time(from: now) == now)
        #expect(try TimeArgument(argument: "2030-01-01T00:00:00Z").time(from: now) == Timestamp(seconds: 1_893_456_000))
        #expect(try TimeArgument(argument: "1h").time(from: now) == now.adding(seconds: 3600))
    }
}
