import Glibc
import Linux

/// Finds the socket that the one who started this process has handed over.
package enum InheritedSocket {
    /// The first descriptor that systemd hands over (`SD_LISTEN_FDS_START`).
    private static let first: Int32 = 3

    /// The socket from systemd (`sd_listen_fds(3)`); nil if there is none for this process.
    package static func fromServiceManager(
        environment: [String: String],
        process: Int32 = getpid(),
        isListener: (Int32) -> Bool = isListening
    ) throws(PoolError) -> Int32? {
        guard let text = environment["LISTEN_FDS"], environment["LISTEN_PID"] == "\(process)" else { return nil }
        let count = Int(text) ?? 0
        guard count == 1, isListener(first) else { throw .unsuitableSockets(count: count) }
        return first
    }
}
