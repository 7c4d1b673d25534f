import Encoding

/// The JSON of an export: one value, or one on each line.
enum ExportDocument {
    /// The items of an export: those of an array, those of an object that holds a list, or the value itself.
    ///
    /// - Parameter list: the items that an object holds; nil if it is an item itself.
    static func items(of values: [JSONDocument], listed list: (ExportMembers) -> [JSONDocument]?) -> [JSONDocument] {
        values.flatMap { value in
            if case .array(let items) = value { return items }
            return ExportMembers(value).flatMap(list) ?? [value]
        }
    }

    /// The values that the text holds.
    static func values(in bytes: [UInt8]) throws(UnreadableExport) -> [JSONDocument] {
        if let value = try? JSONDocument(bytes) { return [value] }
        var values: [JSONDocument] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where !line.allSatisfy(isSpace) {
            do {
                values.append(try JSONDocument(Array(line)))
            } catch {
                let place = values.isEmpty ? "" : "; line \(number + 1) is not either"
                throw UnreadableExport(reason: "the input is not well-formed JSON, nor JSON on each line\(place)")
            }
        }
        guard !values.isEmpty else { throw UnreadableExport(reason: "the input is empty") }
        return values
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}

/// The members of a JSON object of an export. A member that is null or of another type is as if it were not there.
struct ExportMembers {
    private let members: [String: JSONDocument]

    /// The members of a value; nil if it is not an object.
    init?(_ value: JSONDocument?) {
        guard case .object(let members)? = value else { return nil }
        self.members = members
    }

    subscript(name: String) -> JSONDocument? { members[name] }

    /// A member that is an object.
    func object(_ name: String) -> ExportMembers? { ExportMembers(members[name]) }

    /// A text that is not empty.
    func text(_ name: String) -> String? {
        guard case .string(let text)? = members[name], !text.isEmpty else { return nil }
        return text
    }

    /// True or false, also as a string.
    func bool(_ name: String) -> Bool? {
        switch members[name] {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }

    /// A whole number, also as a string.
    func number(_ name: String) -> Int64? {
        switch members[name] {
        case .number(let text), .string(let text): Int64(text)
        default: nil
        }
    }

    /// The strings of an array; a string alone is one of one; nil if it is neither.
    func texts(_ name: String) -> [String]? {
        switch members[name] {
        case .array(let values):
            values.compactMap { value in if case .string(let text) = value { text } else { nil } }
        case .string(let text): text.isEmpty ? nil : [text]
        default: nil
        }
    }

    /// The values of an array.
    func values(_ name: String) -> [JSONDocument]? {
        guard case .array(let values)? = members[name] else { return nil }
        return values
    }
}
