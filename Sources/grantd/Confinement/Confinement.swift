import CSeccomp
import Glibc
import SystemPackage

/// What a process that answers requests gives up for good, once it has all that it needs: programs, the network, and
/// files other than its own.
///
/// Three means, each of which holds without the others: no new privileges, Landlock for files, and a filter of system
/// calls. Where the kernel has not got one, the process goes on without it and says so.
struct Confinement {
    private let directories: [FilePath]
    private let connections: Connections

    /// What connections the process may still make.
    enum Connections {
        /// None.
        case none
        /// To unix sockets.
        case unixSockets
        /// To unix sockets, and over TCP.
        case network
    }

    /// A confinement that leaves the files beneath these directories: for reading, writing, making and unlinking. One
    /// that is not there is not left.
    init(filesBeneath directories: [FilePath], connections: Connections = .none) {
        self.directories = directories
        self.connections = connections
    }

    /// Gives up new privileges and files, for the calling thread and those that it starts from now on.
    ///
    /// - Returns: what the kernel refused.
    func restrictFiles() -> [ConfinementFailure] {
        [attempt(.privileges, denyNewPrivileges), attempt(.files, enforceRuleset)].compactMap(\.self)
    }

    /// Gives up all other system calls, starting threads and programs among them.
    ///
    /// - Returns: what the kernel refused.
    func filterCalls(for threads: SystemCallFilter.Threads = .all) -> [ConfinementFailure] {
        [attempt(.calls, { () throws(Errno) in try loadFilter(for: threads) })].compactMap(\.self)
    }

    private func attempt(
        _ means: ConfinementFailure.Means,
        _ body: () throws(Errno) -> Void
    ) -> ConfinementFailure? {
        do throws(Errno) {
            try body()
            return nil
        } catch {
            return ConfinementFailure(means: means, errno: error)
        }
    }

    private func denyNewPrivileges() throws(Errno) {
        guard confine_no_new_privileges() == 0 else { throw Errno(rawValue: Glibc.errno) }
    }

    private func enforceRuleset() throws(Errno) {
        let ruleset = try LandlockRuleset(mayConnect: connections == .network)
        for directory in directories {
            do throws(Errno) {
                try ruleset.allowFiles(beneath: directory)
            } catch .noSuchFileOrDirectory {
                continue
            }
        }
        try ruleset.enforce()
    }

    private func loadFilter(for threads: SystemCallFilter.Threads) throws(Errno) {
        let filter = try SystemCallFilter(for: threads)
        for rule in AllowedCall.all + AllowedCall.making(connections) { try filter.allow(rule) }
        try filter.load()
    }
}

/// A means of confinement that the kernel refused.
struct ConfinementFailure: CustomStringConvertible {
    let means: Means
    let errno: Errno

    /// What is missing then.
    enum Means: String {
        case privileges = "no_new_privs"
        case files = "Landlock"
        case calls = "seccomp"
    }

    var description: String { "\(means.rawValue): \(errno)" }
}
