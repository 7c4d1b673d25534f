import Gateway
import Glibc
import Settings

/// Who has to come over TLS. TLS is the site's: what it says of a connection is its parameter `HTTPS`.
struct TransportSecurity {
    private let requirement: Settings.TLSRequirement

    /// Holds requests to a setting.
    init(_ requirement: Settings.TLSRequirement) {
        self.requirement = requirement
    }

    /// Whether a request may bring credentials the way it came.
    func allows(_ request: GatewayRequest) -> Bool {
        switch requirement {
        case .none: true
        case .all: request.isOverTLS
        case .external: request.isOverTLS || Self.isLocal(request.parameters["REMOTE_ADDR"] ?? "")
        }
    }

    /// Whether an address is of loopback, of a private network (RFC 1918, RFC 4193) or of the link (RFC 3927, RFC 4291);
    /// `unix:` is what nginx says of a peer on a socket of this machine.
    static func isLocal(_ address: String) -> Bool {
        if address == "unix:" { return true }
        var ipv4 = in_addr()
        // inet_pton(3) fills the local that it is given, and nothing beyond.
        if unsafe inet_pton(AF_INET, address, &ipv4) == 1 { return isLocal(ipv4: UInt32(bigEndian: ipv4.s_addr)) }
        var ipv6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, address, &ipv6) == 1 else { return false }
        let bytes = unsafe withUnsafeBytes(of: &ipv6) { unsafe Array($0) }
        let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        if isMapped { return isLocal(ipv4: bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }) }
        let isLoopback = bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
        return isLoopback || bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    }

    private static func isLocal(ipv4 address: UInt32) -> Bool {
        let networks: [(UInt32, UInt32)] = [
            (0x7F00_0000, 8), (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xA9FE_0000, 16),
        ]
        return networks.contains { network, length in (address ^ network) >> (32 - length) == 0 }
    }
}

extension GatewayRequest {
    /// Whether the site took the request over TLS: nginx says `on`, and some servers `off` where it did not.
    fileprivate var isOverTLS: Bool {
        guard let https = parameters["HTTPS"] else { return false }
        return !https.isEmpty && https.lowercased() != "off"
    }
}
