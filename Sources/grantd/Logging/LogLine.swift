import GrantCore
import Logging

/// How a line of the log begins.
enum LogStyle: Equatable {
    /// With the time and the level's name, for a terminal or a file. A JSON line has both as members, and no prefix.
    case dated
    /// With the priority in angle brackets, which journald takes off again (`sd-daemon(3)`).
    case journal
}

/// One event as one line: a message and its details as `key=value`, in the order of the keys.
///
/// Whatever a caller sent comes out in quotes and with its control characters escaped, so that no value can pass for
/// another one, or for a line of its own.
enum LogLine {
    /// The longest value that is written whole, in characters.
    static let maximumValueLength = 256

    /// The line, with its newline.
    ///
    /// - Parameter seconds: The time of the event, since 1970.
    static func text(
        level: Logger.Level,
        message: String,
        metadata: Logger.Metadata,
        style: LogStyle,
        at seconds: Int
    ) -> String {
        var line =
            switch style {
            case .dated: "\(UTCTime(seconds: seconds)) \(padded(level.rawValue, to: 7)) "
            case .journal: "<\(priority(of: level))>"
            }
        line += escaped(message)
        for (index, (key, value)) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
            line += index == 0 ? "  " : " "
            line += "\(escaped(key))=\(quotedWhereNeeded("\(value)"))"
        }
        return line + "\n"
    }

    /// The priority that `syslog(3)` gives such an event.
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }

    private static func quotedWhereNeeded(_ value: String) -> String {
        let needsNone = !value.isEmpty && value.utf8.allSatisfy(isPlain) && value.utf8.count <= maximumValueLength
        guard !needsNone else { return value }
        let isCut = value.unicodeScalars.count > maximumValueLength
        return "\"" + escaped(value) + (isCut ? "…\"" : "\"")
    }

    /// A byte that a value may hold without quotes.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-._~:/@+,%*()[]".utf8.contains(byte)
        }
    }

    /// A byte of ASCII that stands for itself in quotes.
    private static func isUnescaped(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// As much of a text as is written, without a character that could end a value, end the line or hide.
    private static func escaped(_ text: String) -> String {
        // As most texts are.
        if text.utf8.count <= maximumValueLength, text.utf8.allSatisfy(isUnescaped) { return text }
        var result = ""
        for scalar in text.unicodeScalars.prefix(maximumValueLength) {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case " "..."~": result.unicodeScalars.append(scalar)
            case _ where !scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil):
                result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }
}
