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

    /// The point that lies so many seconds after the start of 1970, or the last one if that is too far to count.
    package init(seconds: Int64) {
        self = Timestamp(microseconds: 0).adding(seconds: seconds)
    }

    /// Whole seconds since 1970, rounded down, as RFC 7662's `iat` and `exp` count them.
    package var seconds: Int64 {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }

    /// The point so many seconds later, or the last one if that is too far to count: a file's number ends no worker.
    package func adding(seconds: Int64) -> Timestamp {
        let (added, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isTooFar) = microseconds.addingReportingOverflow(added)
        guard !isTooMuch, !isTooFar else { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
        return Timestamp(microseconds: sum)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}
