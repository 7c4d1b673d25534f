package import GrantCore
import Linux

extension Origin {
    /// The origin of a peer's address, as `REMOTE_ADDR` has it: IPv4 whole, of IPv6 the first 64 bits, which one
    /// subscriber has. Anything else, such as `unix:`, stands for itself.
    package init(address: String?) {
        guard let address else {
            self = .unknown
            return
        }
        switch IPAddress(address) {
        case .ipv4(let number)?: self.init(ipv4: number)
        case .ipv6(let network, _)?: self.init(ipv6Network: network)
        case nil: self.init(bytes: Array("\0\(address.prefix(64))".utf8))
        }
    }
}
