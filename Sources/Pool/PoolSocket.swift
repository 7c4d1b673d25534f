package import Glibc
package import Linux

/// The listening socket that a pool's workers share, closed on exec.
package struct PoolSocket: ~Copyable {
    /// Connections that may wait for a worker; the kernel takes as many as `net.core.somaxconn` lets it.
    package static let backlog: Int32 = 4096

    private let descriptor: Descriptor
    /// The file of one that this process made.
    private var file: SocketFile?

    private init(_ descriptor: consuming Descriptor, file: SocketFile?) {
        self.descriptor = descriptor
        self.file = file
    }

    /// Makes a socket that listens, and its file if it has one.
    ///
    /// - Parameter group: whom the file of a unix socket goes to; nil leaves it with this process's group.
    package static func listening(on address: ListenAddress, group: String?) throws(PoolError) -> PoolSocket {
        switch address {
        case .unix(let path):
            let gid = try group.map { name throws(PoolError) in try Group.id(of: name) }
            let descriptor = try new(AF_UNIX)
            let file = try SocketFile(at: path, listening: descriptor.number, group: gid)
            return PoolSocket(descriptor, file: file)
        case .tcp(let host, let port):
            return PoolSocket(try TCPListener.listening(on: host, port), file: nil)
        }
    }

    /// Takes over a socket that listens already.
    package init(inherited number: Int32) throws(PoolError) {
        guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { throw .lastCall("fcntl", to: "use descriptor \(number)") }
        self.init(Descriptor(owning: number), file: nil)
    }

    package var number: Int32 { descriptor.number }

    /// Whether other machines may reach it: it is a TCP socket on another address than a loopback one (`getsockname(2)`).
    package var isReachableFromElsewhere: Bool {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // Sound: the call fills the local structure, whose size it is given.
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor.number, $0, &length)
            }
        }
        return result == 0 && Self.isReachableFromElsewhere(address)
    }

    package static func isReachableFromElsewhere(_ address: sockaddr_storage) -> Bool {
        // Sound: the structure is read as what its family says that it is.
        switch Int32(address.ss_family) {
        case AF_INET:
            let ipv4 = unsafe withUnsafeBytes(of: address) { unsafe $0.load(as: sockaddr_in.self).sin_addr.s_addr }
            return UInt32(bigEndian: ipv4) >> 24 != 127
        case AF_INET6:
            let ipv6 = unsafe withUnsafeBytes(of: address) { unsafe $0.load(as: sockaddr_in6.self).sin6_addr }
            let bytes = unsafe withUnsafeBytes(of: ipv6) { unsafe Array($0) }
            return bytes != [UInt8](repeating: 0, count: 15) + [1]
        default:
            return false
        }
    }

    /// Removes the file of a unix socket, so that no more peers connect, unless another process has replaced it.
    package mutating func withdraw() {
        file?.remove()
        file = nil
    }

    /// A new stream socket, closed on exec.
    package static func new(_ family: Int32) throws(PoolError) -> Descriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .lastCall("socket", to: "make a socket") }
        return Descriptor(owning: number)
    }
}
