/// A point in time as microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Whole seconds are what the protocols speak; the microseconds order a token's issue and a client's `not_before`
/// within one second.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970.
    package let microseconds: Int64

    /// The point that lies so many microseconds after the start of 1970.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The point that lies so many seconds after the start of 1970.
    package init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    /// Whole seconds since 1970, rounded down, as RFC 7662's `iat` and `exp` count them.
    package var seconds: Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }

    /// The point so many seconds later.
    package func adding(seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}
