import Glibc
import GrantCore

extension Origin {
    /// The origin of a peer's address, as `REMOTE_ADDR` has it: IPv4 whole, also where it is mapped into IPv6 (RFC 4291
    /// §2.5.5.2), of IPv6 the first 64 bits, which one subscriber has. Anything else, such as `unix:`, stands for itself.
    init(address: String?) {
        guard let address else {
            self = .unknown
            return
        }
        var ipv4 = in_addr()
        // inet_pton(3) fills the local that it is given, and nothing beyond.
        if unsafe inet_pton(AF_INET, address, &ipv4) == 1 {
            self.init(bytes: unsafe withUnsafeBytes(of: &ipv4) { unsafe Array($0) })
            return
        }
        var ipv6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, address, &ipv6) == 1 else {
            self.init(bytes: Array("\0\(address.prefix(64))".utf8))
            return
        }
        let bytes = unsafe withUnsafeBytes(of: &ipv6) { unsafe Array($0) }
        let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.init(bytes: Array(isMapped ? bytes.suffix(4) : bytes.prefix(8)))
    }
}
