import Encoding
import GrantCore
import Logging

/// One event as one JSON object on a line of its own: its time, level and message, then its details in the order of their
/// names.
///
/// Every value is a string, numbers too, so that a member has the same type in every line. Whatever a caller sent comes
/// out escaped, as ``JSONObject`` does it, and cut: no value can pass for a member, or for a line of its own.
enum JSONLogLine {
    /// The members that every line begins with.
    private static let fixedNames = ["time", "level", "message"]

    /// The line, with its newline. In the journal's style the priority comes before the object; journald takes it off.
    static func text(
        level: Logger.Level,
        message: String,
        metadata: Logger.Metadata,
        style: LogStyle,
        at time: Timestamp
    ) -> String {
        var object = JSONObject()
        object.add("time", milliseconds(time))
        object.add("level", level.rawValue)
        object.add("message", cut(message))
        let details = metadata.map { (name: name(of: $0.key), value: "\($0.value)") }
        for detail in details.sorted(by: { $0.name < $1.name }) { object.add(detail.name, cut(detail.value)) }
        let prefix =
            switch style {
            case .dated: ""
            case .journal: "<\(LogLine.priority(of: level))>"
            }
        return prefix + object.text + "\n"
    }

    /// A point in time with its milliseconds, as RFC 3339 writes it, in UTC.
    private static func milliseconds(_ time: Timestamp) -> String {
        let fraction = String((time.microseconds - time.seconds * 1_000_000) / 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
        return "\(UTCTime(seconds: Int(time.seconds)).description.dropLast()).\(zeros)\(fraction)Z"
    }

    /// The name of a detail's member: its key, with one more `_` before it if it could be taken for a fixed member. So
    /// different keys have different names.
    private static func name(of key: String) -> String {
        fixedNames.contains(String(key.drop { $0 == "_" })) ? "_" + key : key
    }

    /// As much of a text as is written, with `…` at its end if that is not all.
    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let end = scalars.index(
            scalars.startIndex,
            offsetBy: LogLine.maximumValueLength,
            limitedBy: scalars.endIndex
        )
        guard let end, end < scalars.endIndex else { return text }
        return String(scalars[..<end]) + "…"
    }
}
