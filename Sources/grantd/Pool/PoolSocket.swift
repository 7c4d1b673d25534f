import Gateway
import Glibc

/// The listening socket that a pool's workers share, closed on exec.
struct PoolSocket: ~Copyable {
    /// Connections that may wait for a worker; the kernel takes as many as `net.core.somaxconn` lets it.
    static let backlog: Int32 = 4096

    private let descriptor: OwnedDescriptor
    /// The file of one that this process made.
    private var file: SocketFile?

    private init(_ descriptor: consuming OwnedDescriptor, file: SocketFile?) {
        self.descriptor = descriptor
        self.file = file
    }

    /// Makes a socket that listens, and its file where it has one.
    ///
    /// - Parameter group: whom the file of a unix socket goes to; nil leaves it with this process's group.
    static func listening(on address: ListenAddress, group: String?) throws(PoolError) -> PoolSocket {
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

    /// Takes over a socket that listens already, whoever made it.
    init(inherited number: Int32) throws(PoolError) {
        guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { throw .lastCall("fcntl", to: "use descriptor \(number)") }
        self.init(OwnedDescriptor(owning: number), file: nil)
    }

    var number: Int32 { descriptor.number }

    /// Removes the file of a unix socket, so that nobody comes any more, unless it is another's by now.
    mutating func withdraw() {
        file?.remove()
        file = nil
    }

    /// A new stream socket, closed on exec.
    static func new(_ family: Int32) throws(PoolError) -> OwnedDescriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .lastCall("socket", to: "make a socket") }
        return OwnedDescriptor(owning: number)
    }
}
