import Glibc
package import Linux

/// Why a pool cannot start, in words for the one who starts it.
package enum PoolError: Error, Equatable, CustomStringConvertible {
    /// Another process listens there.
    case inUse(String)
    /// Something else is there.
    case notASocket(path: String)
    /// The path does not fit into a socket's address.
    case pathTooLong(path: String)
    /// No such group.
    case unknownGroup(String)
    /// The host has no address.
    case unknownHost(String, reason: String)
    /// Another number of sockets than one was handed over, or something that does not listen.
    case unsuitableSockets(count: Int)
    /// Sockets were handed over, and an option asks for another.
    case twoSockets
    /// There is nothing to listen on.
    case noSocket
    /// A call failed.
    case failed(String, SystemCallFailure)

    package var description: String {
        switch self {
        case .inUse(let place): "another process listens on \(place): stop it, or listen elsewhere"
        case .notASocket(let path): "\(path) exists and is not a socket: remove it, or listen elsewhere"
        case .pathTooLong(let path): "\(path) is too long: a socket's path has at most \(SocketFile.longestPath) bytes"
        case .unknownGroup(let group): "there is no group \(group): name that of nginx's user, such as www-data"
        case .unknownHost(let host, let reason): "\(host) has no address: \(reason)"
        case .unsuitableSockets(let count):
            "LISTEN_FDS hands over \(count) descriptors: a pool takes one, which has to be a socket that listens"
        case .twoSockets: "LISTEN_FDS hands over a socket, and --listen asks for another one: leave one of them out"
        case .noSocket: "--workers needs a socket: by --listen, from systemd, or on descriptor 0"
        case .failed(let what, let failure): "cannot \(what): \(failure)"
        }
    }

    /// Describes the call that has just failed, by the thread's `errno`.
    package static func lastCall(_ call: String, to what: String) -> PoolError {
        .failed(what, .last(call))
    }
}
