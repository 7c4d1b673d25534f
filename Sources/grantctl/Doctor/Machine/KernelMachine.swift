import FileStore
import Glibc
import GrantCore
import Linux
import Settings
import SystemPackage

/// The machine that this process runs on.
struct KernelMachine: MachineView {
    private static let longestText = 4 << 20
    private static let longestOutput = 16 << 20
    /// Where programs are that are not always in `PATH`.
    private static let systemFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    private let files = KernelFileSystem()
    private let environment: [String: String]

    /// The machine, as a process with this environment sees it.
    init(environment: [String: String]) {
        self.environment = environment
    }

    func status(of path: String) -> FileStatus? {
        try? files.status(atPath: path)
    }

    func text(of path: String) -> String? { text(of: path, limit: Self.longestText) }

    /// The text of a regular file; nil if it cannot be read or is longer.
    ///
    /// - Parameter limit: the most bytes.
    func text(of path: String, limit: Int) -> String? {
        // To open a device may do something, and a FIFO waits: both are named by a configuration only.
        guard status(of: path)?.isFile == true,
            let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
        else { return nil }
        let bytes = try? file.closeAfter { () -> [UInt8] in
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count <= limit {
                let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
                if count == 0 { break }
                bytes += chunk[..<count]
            }
            return bytes
        }
        guard let bytes, bytes.count <= limit else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    func names(in directory: String) -> [String] {
        guard let opened = try? Directory(path: directory, fileSystem: files) else { return [] }
        return (try? opened.names().sorted()) ?? []
    }

    func target(ofLink path: String) -> String? {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        // Sound: the call writes within the array, whose size it is given.
        let count = unsafe readlink(path, &text, text.count)
        return count > 0 ? String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    func volume(of path: String) -> Volume? { try? Volume(at: path) }

    func label(of path: String) -> String? { ExtendedAttribute.value(of: "security.selinux", at: path) }

    func account(named name: String) -> Account? { Account(named: name) }

    func userName(_ number: UInt32) -> String { Account.name(ofUser: number) }

    func groupName(_ number: UInt32) -> String { Account.name(ofGroup: number) }

    func run(_ program: String, _ arguments: [String]) -> Program.Outcome? {
        guard let path = path(of: program) else { return nil }
        return try? Program(path, arguments: arguments, environment: quiet)
            .run(limit: Self.longestOutput, within: .seconds(30))
    }

    func path(of program: String) -> String? {
        if program.contains("/") { return unsafe access(program, X_OK) == 0 ? program : nil }
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + Self.systemFolders
        return folders.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }.first {
            unsafe access($0, X_OK) == 0
        }
    }

    /// An environment in which programs speak English and ask no one.
    private var quiet: [String: String] {
        var quiet = environment.filter { !$0.key.hasPrefix("LC_") && $0.key != "LANGUAGE" }
        (quiet["LC_ALL"], quiet["SYSTEMD_PAGER"]) = ("C", "")
        return quiet
    }

    func health(onSocket path: String) -> SocketAnswer { SocketAnswer(askingOn: path) }

    var now: Int64 { files.now.seconds }

    var sinceBoot: Int64 { files.sinceBoot }

    var isClockSynchronised: Bool? { KernelClock.isSynchronised }

    var user: UInt32 { files.effectiveUser }
}
