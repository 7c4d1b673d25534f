/// A JSON object in the making, its members in the order in which they are added (RFC 8259 §4).
package struct JSONObject {
    private var members: [String] = []

    /// An object without members.
    package init() {}

    /// The object as text.
    package var text: String { "{\(members.joined(separator: ","))}" }

    /// Adds a string.
    package mutating func add(_ name: String, _ value: String) {
        members.append("\(Self.quoted(name)):\(Self.quoted(value))")
    }

    /// Adds a number.
    package mutating func add(_ name: String, _ value: Int64) {
        members.append("\(Self.quoted(name)):\(value)")
    }

    /// Adds true or false.
    package mutating func add(_ name: String, _ value: Bool) {
        members.append("\(Self.quoted(name)):\(value)")
    }

    /// Adds an array of strings.
    package mutating func add(_ name: String, _ values: [String]) {
        members.append("\(Self.quoted(name)):[\(values.map(Self.quoted).joined(separator: ","))]")
    }

    /// Adds an object.
    package mutating func add(_ name: String, _ value: JSONObject) {
        members.append("\(Self.quoted(name)):\(value.text)")
    }

    /// Adds a value that is JSON text already.
    package mutating func add(_ name: String, json: String) {
        members.append("\(Self.quoted(name)):\(json)")
    }

    /// Adds an array of objects.
    package mutating func add(_ name: String, _ values: [JSONObject]) {
        members.append("\(Self.quoted(name)):[\(values.map(\.text).joined(separator: ","))]")
    }

    /// Adds a number, rounded to six decimal places; null if it is nil or not finite (§6).
    package mutating func add(_ name: String, _ value: Double?) {
        members.append("\(Self.quoted(name)):\(Self.number(value))")
    }

    /// Adds an array of numbers, likewise.
    package mutating func add(_ name: String, _ values: [Double?]) {
        members.append("\(Self.quoted(name)):[\(values.map(Self.number).joined(separator: ","))]")
    }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        let rounded = (value * 1_000_000).rounded() / 1_000_000
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// A byte of ASCII that stands for itself in a string.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// A string with its quotes, and with what has to be escaped (§7), and all else that a terminal takes for a command, a
    /// reader does not see, or a program takes for the end of a line.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        // As most texts are.
        if text.utf8.allSatisfy(isPlain) {
            result += text
            result += "\""
            return result
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\\(scalar)"
            case " "..."~":
                result.unicodeScalars.append(scalar)
            case _ where scalar.isPrintable:
                result.unicodeScalars.append(scalar)
            default:
                for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
                    result += "\\u" + Hex.encode([UInt8(unit >> 8), UInt8(unit & 0xFF)])
                }
            }
        }
        return result + "\""
    }
}
