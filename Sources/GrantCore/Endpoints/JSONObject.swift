/// A JSON object in the making, its members in the order in which they are added (RFC 8259 §4).
struct JSONObject {
    private var members: [String] = []

    /// The object as text.
    var text: String { "{\(members.joined(separator: ","))}" }

    /// Adds a string.
    mutating func add(_ name: String, _ value: String) {
        members.append("\(Self.quoted(name)):\(Self.quoted(value))")
    }

    /// Adds a number.
    mutating func add(_ name: String, _ value: Int64) {
        members.append("\(Self.quoted(name)):\(value)")
    }

    /// Adds true or false.
    mutating func add(_ name: String, _ value: Bool) {
        members.append("\(Self.quoted(name)):\(value)")
    }

    /// Adds an array of strings.
    mutating func add(_ name: String, _ values: [String]) {
        members.append("\(Self.quoted(name)):[\(values.map(Self.quoted).joined(separator: ","))]")
    }

    /// A string with its quotes, and with what has to be escaped (§7).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\\(scalar)"
            case "\u{0}"..."\u{1F}":
                result += "\\u00" + Hex.encode([UInt8(scalar.value)])
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
