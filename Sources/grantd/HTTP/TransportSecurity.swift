import Gateway
import Linux
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
        case .external:
            request.isOverTLS || Self.isLocal(request.parameters["REMOTE_ADDR"] ?? "") && !request.isForwarded
        }
    }

    /// Whether an address is of loopback, of a private network (RFC 1918, RFC 4193) or of the link (RFC 3927, RFC 4291);
    /// `unix:` is what nginx says of a peer on a socket of this machine.
    static func isLocal(_ address: String) -> Bool {
        if address == "unix:" { return true }
        switch IPAddress(address) {
        case .ipv4(let number)?:
            return isLocal(ipv4: number)
        case .ipv6(let first, let last)?:
            let isLoopback = first == 0 && last == 1
            return isLoopback || first >> 57 == 0xFC >> 1 || first >> 54 == 0xFE80 >> 6
        case nil:
            return false
        }
    }

    private static func isLocal(ipv4 address: UInt32) -> Bool {
        let networks: [5 of (UInt32, UInt32)] = [
            (0x7F00_0000, 8), (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xA9FE_0000, 16),
        ]
        for index in networks.indices where (address ^ networks[index].0) >> (32 - networks[index].1) == 0 {
            return true
        }
        return false
    }
}

extension GatewayRequest {
    /// Whether a proxy passed the request on, so that the address is the proxy's, or what the proxy says it is. A caller
    /// who forges such a header is only trusted less.
    var isForwarded: Bool { parameters.hasValue(ofNameBeginning: Self.forwardingNames) }

    private static let forwardingNames = [
        "GRANTD_FORWARDED", "HTTP_FORWARDED", "HTTP_X_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA",
    ].map { Array($0.utf8) }

    /// Whether the site took the request over TLS: nginx says `on`, and some servers `off` if it did not.
    fileprivate var isOverTLS: Bool {
        guard let https = parameters["HTTPS"] else { return false }
        return !https.isEmpty && https.lowercased() != "off"
    }
}
