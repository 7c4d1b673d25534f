import CLinux
import Glibc
import Linux
import SystemPackage

/// Where a connection to a member goes.
package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A unix socket: the member's own, or a web server's that carries the connection over TLS.
    case socket(path: String)
    /// TCP, to an address written in numbers.
    case tcp(host: String, port: UInt16)

    package var description: String {
        switch self {
        case .socket(let path): path
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Begins a connection, which does not block (`socket(2)`, `connect(2)`).
    ///
    /// - Returns: the descriptor, and whether it is connected already.
    func connect() throws(SystemCallFailure) -> (Int32, isConnected: Bool) {
        switch self {
        case .socket(let path):
            guard let address = UnixAddress(path: path) else { throw SystemCallFailure("connect", .fileNameTooLong) }
            let number = try Self.socket(AF_UNIX)
            let result = unsafe address.withPointer { unsafe Glibc.connect(number, $0, $1) }
            return try Self.begun(number, result)
        case .tcp(let host, let port):
            guard let address = IPAddress(host) else { throw SystemCallFailure("connect", .invalidArgument) }
            return try Self.connect(to: address, port)
        }
    }

    private static func connect(
        to address: IPAddress,
        _ port: UInt16
    ) throws(SystemCallFailure) -> (Int32, isConnected: Bool) {
        let number: Int32
        let result: Int32
        switch address {
        case .ipv4(let host):
            number = try socket(AF_INET)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = host.bigEndian
            result = connect(number, &address)
        case .ipv6(let high, let low):
            number = try socket(AF_INET6)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            // Sound: an in6_addr is 16 bytes.
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            result = connect(number, &address)
        }
        // Small commands leave at once. Without it they are slower, and no less right.
        var one: Int32 = 1
        _ = unsafe setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        return try begun(number, result)
    }

    private static func connect<Address>(_ number: Int32, _ address: inout Address) -> Int32 {
        // Sound: the address is a structure of its family, whose size the call is given.
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    private static func socket(_ family: Int32) throws(SystemCallFailure) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(family, type, 0)
        guard number >= 0 else { throw .last("socket") }
        return number
    }

    private static func begun(_ number: Int32, _ result: Int32) throws(SystemCallFailure) -> (Int32, isConnected: Bool)
    {
        if result == 0 { return (number, true) }
        if errno == EINPROGRESS { return (number, false) }
        let failure = SystemCallFailure.last("connect")
        close(number)
        throw failure
    }
}
