package import Encoding

/// A JSON object as JOSE takes it: UTF-8 without a byte order mark, no two members of one name at any level, no NUL.
package struct StrictObject: Sendable, Equatable {
    /// Why a text is refused. No case holds any of the text.
    package enum Fault: Error, Equatable {
        /// It is not UTF-8, leaves the grammar, is nested too deeply, or has something before or after it.
        case malformed
        /// It is another JSON value.
        case notAnObject
        /// An object in it has two members of one name, once escapes are undone (RFC 7515 §4, RFC 7519 §4).
        case repeatedMember
        /// A string or a name in it has the character U+0000.
        case hasNUL
        /// It has more values than its reader allows.
        case tooManyValues
    }

    /// How many values the header or the claims of a token may have, those inside others among them, so that a hostile one of
    /// 8 KiB costs no more to refuse than a wrong secret.
    package static let mostValues = 128

    /// The values by their names, all of them.
    package let members: [String: JSONDocument]

    /// Reads a text.
    package init(_ text: [UInt8], mostValues: Int = Self.mostValues) throws(Fault) {
        // A byte order mark would make a second spelling of one object, and readers differ about it (RFC 8259 §8.1).
        guard text.first != 0xEF else { throw .malformed }
        let document: JSONDocument
        do throws(JSONDocument.Fault) {
            document = try JSONDocument(text, mostValues: mostValues)
        } catch {
            switch error {
            case .malformed: throw .malformed
            case .repeatedMember: throw .repeatedMember
            case .tooManyValues: throw .tooManyValues
            }
        }
        guard case .object(let members) = document else { throw .notAnObject }
        guard !document.hasNUL else { throw .hasNUL }
        self.members = members
    }
}

extension StrictObject.Fault: CustomStringConvertible {
    /// The fault as the predicate of a sentence.
    package var description: String {
        switch self {
        case .malformed: "is not well-formed JSON in UTF-8"
        case .notAnObject: "is not a JSON object"
        case .repeatedMember: "has two members of one name"
        case .hasNUL: "has a NUL character"
        case .tooManyValues: "has too many values"
        }
    }
}

extension JSONDocument {
    /// Whether a string or a name in it has the character U+0000.
    fileprivate var hasNUL: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains { $0.hasNUL }
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        }
    }
}
