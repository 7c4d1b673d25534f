import Gateway
import Linux

extension GatewayRequest {
    /// Whether the request may see metrics and status. The site decides with the parameter `GRANTD_MONITORING`, `1` for
    /// yes; without the parameter, only this machine may.
    ///
    /// A request that a proxy on this machine forwards never counts as this machine's own.
    var mayMonitor: Bool {
        let isLocal = IPAddress.isLoopback(parameters["REMOTE_ADDR"] ?? "")
        if isLocal && isForwarded { return false }
        guard let word = parameters["GRANTD_MONITORING"] else { return isLocal }
        return word == "1"
    }
}

extension IPAddress {
    /// Whether an address, as `REMOTE_ADDR` has it, is this machine's own; `unix:` is what nginx says of a peer on a socket.
    fileprivate static func isLoopback(_ address: String) -> Bool {
        address == "unix:" || IPAddress(address)?.isLoopback ?? false
    }
}
