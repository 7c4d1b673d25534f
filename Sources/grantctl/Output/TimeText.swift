import GrantCore

/// Points in time as people read them, in UTC, whatever number they are made of.
enum TimeText {
    /// `2026-11-23T23:16:08Z`
    static func text(_ seconds: Int64) -> String { UTCTime(seconds: Int(seconds)).description }

    /// `23:16:08 UTC`
    static func time(_ seconds: Int64) -> String {
        let text = text(seconds)
        return "\(text.suffix(9).dropLast()) UTC"
    }
}
