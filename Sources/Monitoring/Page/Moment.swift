import GrantCore

/// A point in time as the page shows it, always in UTC.
struct Moment {
    private let text: String

    /// A point in time, in seconds since 1970.
    init(_ seconds: Int64) {
        self.text = UTCTime(seconds: Int(Self.clamped(seconds))).description
    }

    /// `14:03`.
    var minute: String { part(11, 16) }

    /// `14:03:20`, for a point in the day of another one, otherwise `2026-11-23 14:03:20`.
    func beside(_ other: Int64) -> String {
        part(0, 10) == Moment(other).part(0, 10) ? part(11, 19) : "\(part(0, 10)) \(part(11, 19))"
    }

    /// The point as an element: `14:03:20 UTC`, with its day unless that is another point's day too.
    func element(beside other: Int64) -> HTML {
        "<time datetime=\"\(text)\">\(beside(other))\u{A0}UTC</time>"
    }

    /// The point as an element, with its day.
    var element: HTML {
        "<time datetime=\"\(text)\">\(part(0, 10)) \(part(11, 19))\u{A0}UTC</time>"
    }

    private func part(_ start: Int, _ end: Int) -> String {
        String(decoding: Array(text.utf8)[start..<end], as: UTF8.self)
    }

    /// The seconds from one point in time to another, whatever they are.
    static func seconds(from start: Int64, to end: Int64) -> Int64 {
        clamped(end) - clamped(start)
    }

    /// The nearest point within 1970 and the year 9999, which have four digits.
    private static func clamped(_ seconds: Int64) -> Int64 {
        min(max(seconds, 0), 253_402_300_799)
    }
}
