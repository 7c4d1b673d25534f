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
        return IPAddress(address).map { $0.isLoopback || $0.isPrivate } ?? false
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
