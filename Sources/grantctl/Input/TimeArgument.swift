import ArgumentParser
import GrantCore

/// A time on the command line: a duration from now, `0`, `90s`, `12h`, or a time in UTC, `2026-12-01T06:00:00Z`.
enum TimeArgument: Equatable {
    /// So many seconds from now.
    case after(Int)
    /// At this time.
    case at(Timestamp)

    /// The latest time that is taken, in seconds from now, as with lifetimes: a year.
    private static let latest = Client.lifetimes.upperBound

    /// Reads a time; the error says what one is.
    init(argument text: String) throws {
        if let seconds = try? ArgumentForm.seconds(text, in: 0...Self.latest) {
            self = .after(seconds)
        } else if let time = Self.time(text) {
            self = .at(time)
        } else {
            throw ValidationError(
                "Give a time in UTC, such as 2026-12-01T06:00:00Z, or a duration from now of up to a year, such as 90s or 12h."
            )
        }
    }

    /// The time that is meant; one that has passed is now.
    func time(from now: Timestamp) -> Timestamp {
        switch self {
        case .after(let seconds): now.adding(seconds: Int64(seconds))
        case .at(let time): max(time, now)
        }
    }

    /// The time that RFC 3339 writes so, in UTC and whole seconds; nil if it writes none so.
    private static func time(_ text: String) -> Timestamp? {
        let parts = text.split { "-T:Z".contains($0) }.compactMap { Int($0) }
        guard parts.count == 6, (1970...9999).contains(parts[0]) else { return nil }
        guard parts.allSatisfy({ (0...9999).contains($0) }) else { return nil }
        let seconds = days(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5]
        // A month 13, or another form, would be written otherwise.
        return UTCTime(seconds: seconds).description == text ? Timestamp(seconds: Int64(seconds)) : nil
    }

    /// The days of a date since 1970. Years begin in March here, so that a leap day is a year's last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
    }
}
