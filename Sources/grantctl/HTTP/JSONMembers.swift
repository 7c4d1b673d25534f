import Encoding

/// The members of an answer that is a JSON object; none if it is something else.
struct JSONMembers {
    private let members: [String: JSONDocument]
    /// Whether it is a JSON object.
    let isObject: Bool

    /// Parses an answer's body.
    init(_ text: some StringProtocol) {
        if case .object(let members)? = try? JSONDocument(Array(text.utf8)) {
            (self.members, isObject) = (members, true)
        } else {
            (members, isObject) = ([:], false)
        }
    }

    /// A member that is a string; nil if it is missing or something else.
    func string(_ name: String) -> String? {
        if case .string(let value)? = members[name] { value } else { nil }
    }

    /// A member that is true or false; nil if it is missing or something else.
    func bool(_ name: String) -> Bool? {
        if case .bool(let value)? = members[name] { value } else { nil }
    }

    /// The members that are strings, by name.
    var strings: [String: String] {
        members.compactMapValues { if case .string(let value) = $0 { value } else { nil } }
    }
}
