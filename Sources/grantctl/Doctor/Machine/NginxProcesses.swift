import Linux

/// The nginx that runs on a machine, as `/proc` shows it.
struct NginxProcesses {
    /// The workers' user and groups.
    let workers: Account
    /// When the first of the workers started, in seconds since 1970: at nginx's start or at its last reload.
    let loaded: Int64

    /// Ticks of a second (`proc(5)`): a hundred on every machine that Linux runs on today.
    private static let ticks: Int64 = 100

    /// The configuration of an nginx whose command line names none.
    private static let usualConfiguration = "/etc/nginx/nginx.conf"

    /// Finds the nginx that uses a configuration; nil if none is seen.
    ///
    /// - Parameter configuration: the path that its command line names with `-c`; nil for the one that is compiled in.
    init?(using configuration: String?, on machine: any MachineView) {
        let given = configuration ?? Self.usualConfiguration
        let wanted = given.hasPrefix("/") ? given : "\(machine.target(ofLink: "/proc/self/cwd") ?? "")/\(given)"
        let processes = machine.names(in: "/proc").filter { $0.allSatisfy(\.isNumber) }.filter {
            machine.text(of: "/proc/\($0)/comm") == "nginx\n"
        }
        let master = processes.first { process in
            guard let line = machine.text(of: "/proc/\(process)/cmdline") else { return false }
            let words = line.split { $0 == " " || $0 == "\0" }.map(String.init)
            guard words.starts(with: ["nginx:", "master"]) else { return false }
            let named = words.firstIndex(of: "-c").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
            return (named ?? Self.usualConfiguration) == wanted
        }
        guard let master else { return nil }
        let workers = processes.filter { process in
            // A worker of before the reload serves its last requests.
            Self.field("PPid", of: process, on: machine) == [master]
                && machine.text(of: "/proc/\(process)/cmdline")?.contains("is shutting down") != true
        }
        let started = workers.compactMap { Self.start(of: $0, on: machine) }
        guard let worker = workers.first, let loaded = started.min(),
            let user = Self.field("Uid", of: worker, on: machine).dropFirst().first.flatMap(UInt32.init)
        else { return nil }
        let groups = Self.field("Groups", of: worker, on: machine)
        let own = Self.field("Gid", of: worker, on: machine).dropFirst().prefix(1)
        self.workers = Account(user: user, groups: Set((groups + own).compactMap(UInt32.init)))
        self.loaded = loaded
    }

    private static func field(_ name: String, of process: String, on machine: any MachineView) -> [String] {
        let lines = machine.text(of: "/proc/\(process)/status")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("\(name):") }) else { return [] }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
    }

    private static func start(of process: String, on machine: any MachineView) -> Int64? {
        // The name in parentheses may hold spaces.
        guard let text = machine.text(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
        return machine.now - machine.sinceBoot / 1_000_000 + ticks / Self.ticks
    }
}
