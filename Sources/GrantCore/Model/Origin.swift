/// Where a request comes from, as failed authentications are counted: one address of IPv4, or one network of IPv6.
package struct Origin: Sendable, Hashable {
    private let place: Place

    private enum Place: Sendable, Hashable {
        case unknown
        case ipv4(UInt32)
        case ipv6Network(UInt64)
        case other([UInt8])
    }

    /// Where the site does not say from where a request comes.
    package static let unknown = Origin(bytes: [])

    /// An origin from 4 bytes of an IPv4 address, the first 8 of an IPv6 address, or any other text.
    package init(bytes: [UInt8]) {
        place =
            switch bytes.count {
            case 0: .unknown
            case 4: .ipv4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
            case 8: .ipv6Network(bytes.reduce(0) { $0 << 8 | UInt64($1) })
            default: .other(bytes)
            }
    }

    /// An address of IPv4.
    package init(ipv4: UInt32) {
        place = .ipv4(ipv4)
    }

    /// A network of IPv6, by the first 64 bits of its addresses.
    package init(ipv6Network: UInt64) {
        place = .ipv6Network(ipv6Network)
    }

    /// What tells it from others.
    package var bytes: [UInt8] {
        switch place {
        case .unknown: []
        case .ipv4(let address): (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
        case .ipv6Network(let network): (0..<8).map { UInt8(truncatingIfNeeded: network >> (56 - 8 * $0)) }
        case .other(let bytes): bytes
        }
    }
}
