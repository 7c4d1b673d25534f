import Glibc

/// An address of a peer, as texts write it.
package enum IPAddress: Sendable, Equatable {
    /// IPv4, also if it is mapped into IPv6 (RFC 4291 §2.5.5.2).
    case ipv4(UInt32)
    /// IPv6, its first and its last 64 bits.
    case ipv6(UInt64, UInt64)

    /// Parses an address (`inet_pton(3)`), or returns nil if the text is not one.
    package init?(_ text: String) {
        let read: IPAddress? = unsafe text.withCString { characters in
            var ipv4 = in_addr()
            // Sound: inet_pton reads a string that ends, and fills the local that it is given.
            if unsafe inet_pton(AF_INET, characters, &ipv4) == 1 { return .ipv4(UInt32(bigEndian: ipv4.s_addr)) }
            var ipv6 = in6_addr()
            guard unsafe inet_pton(AF_INET6, characters, &ipv6) == 1 else { return nil }
            // Sound: an in6_addr is 16 bytes.
            return unsafe withUnsafeBytes(of: &ipv6) { bytes in
                let first = UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self))
                let last = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                return first == 0 && last >> 32 == 0xFFFF
                    ? .ipv4(UInt32(truncatingIfNeeded: last)) : .ipv6(first, last)
            }
        }
        guard let read else { return nil }
        self = read
    }
}

extension IPAddress {
    /// Whether it is this machine's own: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let number): number >> 24 == 127
        case .ipv6(let first, let last): first == 0 && last == 1
        }
    }

    /// Whether it is of a private network (RFC 1918, RFC 4193) or of the link (RFC 3927, RFC 4291).
    package var isPrivate: Bool {
        switch self {
        case .ipv4(let number):
            number >> 24 == 10 || number >> 20 == 0xAC1 || number >> 16 == 0xC0A8 || number >> 16 == 0xA9FE
        case .ipv6(let first, _): first >> 57 == 0xFC >> 1 || first >> 54 == 0xFE80 >> 6
        }
    }

    /// Whether the host of a URL is this machine's own name or address, such as `localhost` or `[::1]`.
    package static func isLoopback(host: some StringProtocol) -> Bool {
        let address = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        return host == "localhost" || IPAddress(address)?.isLoopback ?? false
    }
}
