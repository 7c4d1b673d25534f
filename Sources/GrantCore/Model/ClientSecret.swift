/// A client's secret in clear, as it came in a request: 1 to 1024 bytes of UTF-8 without NUL. It never prints itself.
package struct ClientSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The longest secret, in bytes of UTF-8.
    package static let maximumLength = 1024

    /// The secret itself, for hashing and for handing a new one out once.
    package let exposedValue: String

    /// Takes a secret; nil if it is empty, too long or holds a NUL, at which `crypt(3)` would stop reading.
    package init?(_ value: String) {
        let bytes = value.utf8.span
        guard 1 <= bytes.count, bytes.count <= Self.maximumLength else { return nil }
        for index in bytes.indices where bytes[index] == 0 { return nil }
        self.exposedValue = value
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
