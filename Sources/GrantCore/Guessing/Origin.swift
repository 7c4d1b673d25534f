/// Where a request comes from, as failed authentications are counted: one address of IPv4, or one network of IPv6.
package struct Origin: Sendable, Hashable {
    /// What tells it from others: 4 bytes of IPv4, the first 8 of IPv6, or a text that is no address.
    package let bytes: [UInt8]

    /// An origin of these bytes.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Where the site does not say from where a request comes.
    package static let unknown = Origin(bytes: [])
}
