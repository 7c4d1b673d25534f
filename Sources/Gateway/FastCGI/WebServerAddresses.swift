import CLinux
import Glibc

/// The addresses from which web servers may connect: `FCGI_WEB_SERVER_ADDRS` (FastCGI specification §3.2).
package struct WebServerAddresses: Sendable {
    /// The name of the environment variable.
    package static let variable = "FCGI_WEB_SERVER_ADDRS"

    /// An entry that is not an address.
    package struct Malformed: Error {
        /// The entry.
        package let entry: String
    }

    /// 16 bytes each, IPv4 mapped into IPv6 (RFC 4291 §2.5.5.2).
    private let addresses: Set<[UInt8]>

    /// Reads a list of IPv4 and IPv6 addresses, separated by commas.
    package init(_ list: String) throws(Malformed) {
        var addresses: Set<[UInt8]> = []
        for entry in list.split(separator: ",") {
            let text = entry.split(separator: " ").joined(separator: " ")
            guard let address = Self.address(text) else { throw Malformed(entry: String(entry)) }
            addresses.insert(address)
        }
        guard !addresses.isEmpty else { throw Malformed(entry: list) }
        self.addresses = addresses
    }

    /// Whether a peer may connect. Who reaches a unix socket is for its permissions to say.
    func allows(_ peer: sockaddr_storage) -> Bool {
        // Sound: the structure is read as what its family says that it is.
        switch Int32(peer.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: peer) { unsafe $0.load(as: sockaddr_in.self).sin_addr }
            return addresses.contains(Self.mapped(address))
        case AF_INET6:
            let address = unsafe withUnsafeBytes(of: peer) { unsafe $0.load(as: sockaddr_in6.self).sin6_addr }
            return addresses.contains(unsafe withUnsafeBytes(of: address) { unsafe Array($0) })
        default:
            return true
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var ipv4 = in_addr()
        // inet_pton(3) fills the local that it is given, and nothing beyond.
        if unsafe inet_pton(AF_INET, text, &ipv4) == 1 { return mapped(ipv4) }
        var ipv6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &ipv6) == 1 else { return nil }
        return unsafe withUnsafeBytes(of: ipv6) { unsafe Array($0) }
    }

    private static func mapped(_ address: in_addr) -> [UInt8] {
        let bytes = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
        return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + bytes
    }
}
