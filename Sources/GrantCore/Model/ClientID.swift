import Encoding

/// A client's identifier (RFC 6749 §2.2): 1 to 250 bytes of UTF-8 without control characters.
///
/// Wider than the RFC's printable ASCII, since ids with other letters are in use.
package struct ClientID: Sendable, Hashable, CustomStringConvertible {
    /// The longest identifier, in bytes of UTF-8.
    package static let maximumLength = 250

    /// The identifier as the client sends it.
    package let value: String

    /// Takes an identifier; nil if it is empty, too long or holds a control character.
    package init?(_ value: String) {
        guard (1...Self.maximumLength).contains(value.utf8.count),
            !value.unicodeScalars.contains(where: \.isControl)
        else { return nil }
        self.value = value
    }

    package var description: String { value }
}

extension ClientID {
    /// Equal to the byte: Swift's own comparison of strings would take two spellings of one letter for the same.
    package static func == (left: ClientID, right: ClientID) -> Bool {
        let (left, right) = (left.value.utf8.span, right.value.utf8.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
