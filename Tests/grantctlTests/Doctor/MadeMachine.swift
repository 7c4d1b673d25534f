import FileStore
import Linux

@testable import grantctl

/// A machine in memory, of which a test says what is on it.
struct MadeMachine: MachineView {
    var files: [String: FileStatus] = [:]
    var texts: [String: String] = [:]
    var folders: [String: [String]] = [:]
    var links: [String: String] = [:]
    var volumes: [String: Volume] = [:]
    var labels: [String: String] = [:]
    var accounts: [String: Account] = [:]
    var programs: [String: Program.Outcome] = [:]
    /// Programs that are there and do not end.
    var silent: Set<String> = []
    var answers: [String: SocketAnswer] = [:]
    var now: Int64 = 1_795_475_768
    var sinceBoot: Int64 = 1_000_000_000
    var isClockSynchronised: Bool? = true
    var user: UInt32 = 0

    func status(of path: String) -> FileStatus? { files[path] }
    func text(of path: String) -> String? { texts[path] }
    func names(in directory: String) -> [String] { folders[directory] ?? [] }
    func target(ofLink path: String) -> String? { links[path] }
    func volume(of path: String) -> Volume? { volumes[path] }
    func label(of path: String) -> String? { labels[path] }
    func account(named name: String) -> Account? { accounts[name] }
    func userName(_ number: UInt32) -> String { number == 33 ? "www-data" : "user \(number)" }
    func groupName(_ number: UInt32) -> String { "group \(number)" }
    func path(of program: String) -> String? {
        programs[program] == nil && !silent.contains(program) ? nil : "/usr/bin/\(program)"
    }
    func run(_ program: String, _ arguments: [String]) -> Program.Outcome? { programs[program] }
    func health(onSocket path: String) -> SocketAnswer { answers[path] ?? .missing }

    /// What a path is, by its kind and permissions: `0o140660` is a socket.
    static func status(
        _ mode: UInt32,
        owner: UInt32 = 0,
        group: UInt32 = 0,
        size: Int64 = 0,
        modified: Int64 = 1_795_000_000
    ) -> FileStatus {
        FileStatus(
            device: 1,
            inode: 1,
            mode: mode,
            owner: owner,
            group: group,
            links: 1,
            size: size,
            modifiedAt: modified * 1_000_000_000,
            changedAt: modified * 1_000_000_000
        )
    }

    /// An outcome with this output.
    static func outcome(_ output: String, status: Int32 = 0, errors: String = "") -> Program.Outcome {
        Program.Outcome(status: status, output: Array(output.utf8), errors: Array(errors.utf8))
    }
}
