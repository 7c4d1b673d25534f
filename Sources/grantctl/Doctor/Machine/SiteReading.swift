import Doctor
import Linux

/// nginx's configuration, and what there is to say of reading it.
struct SiteReading {
    /// The configuration; nil if there is none.
    private(set) var configuration: NginxConfiguration?
    /// What keeps it from being read whole, and what nginx says of it.
    private(set) var findings: [Finding] = []

    /// The configuration that nginx has if it is told no other.
    static let usualFile = "/etc/nginx/nginx.conf"

    /// Takes the text of a file.
    init(text: String, of file: String, on machine: any MachineView) {
        read(text, of: file, on: machine)
    }

    /// Asks nginx; if it refuses to say, reads its files.
    init(askingNginxOn machine: any MachineView) {
        guard let told = machine.run("nginx", ["-T"]) else {
            findings.append(Self.silence(isThere: machine.path(of: "nginx") != nil))
            return
        }
        if told.isCut {
            findings.append(
                Finding(
                    .warning,
                    "nginx-output-cut",
                    "`nginx -T` printed more than 16 MiB: the files after that were not looked at.",
                    remedy: "Name one site's configuration with --nginx."
                )
            )
        }
        if told.status == 0 || told.isCut {
            let text = String(decoding: told.output, as: UTF8.self)
            read(NginxConfiguration(dump: told.isCut ? NginxConfiguration.withoutLastFile(text) : text))
        } else {
            findings.append(NginxRefusal(String(decoding: told.errors, as: UTF8.self)).finding(isRoot: machine.isRoot))
            if let text = machine.text(of: Self.usualFile) { read(text, of: Self.usualFile, on: machine) }
        }
    }

    /// What it means that nothing came of nginx.
    private static func silence(isThere: Bool) -> Finding {
        let remedy = "Name a configuration or the saved output of `nginx -T` with --nginx, or say --no-nginx."
        return isThere
            ? Finding(
                .warning,
                "nginx-silent",
                "`nginx -T` could not be run, or did not end within 30 seconds, so no site was looked at.",
                remedy: "Run `nginx -T`: it may be waiting for an answer of the DNS. \(remedy)"
            )
            : Finding(
                .warning,
                "nginx-missing",
                "There is no nginx on this machine, so no site was looked at.",
                remedy: remedy
            )
    }

    private mutating func read(_ text: String, of file: String, on machine: any MachineView) {
        read(
            NginxConfiguration.isDump(text)
                ? NginxConfiguration(dump: text)
                : NginxConfiguration(
                    file: file,
                    reading: { $0 == file ? text : machine.text(of: $0) },
                    listing: { Self.names(in: $0, on: machine) }
                )
        )
    }

    /// The names in a directory; nil if there may be some that this user does not see.
    private static func names(in directory: String, on machine: any MachineView) -> [String]? {
        let names = machine.names(in: directory)
        return names.isEmpty && !machine.isRoot ? nil : names
    }

    private mutating func read(_ configuration: NginxConfiguration) {
        self.configuration = configuration
        let unreadable = configuration.unreadable
        findings += unreadable.prefix(Self.mostUnreadable).map { Self.unreadable("\($0) cannot be read") }
        let more = unreadable.count - Self.mostUnreadable
        if more > 0 { findings.append(Self.unreadable("\(more) more files cannot be read")) }
    }

    /// As many files that cannot be read are named.
    private static let mostUnreadable = 20

    private static func unreadable(_ what: String) -> Finding {
        Finding(
            .warning,
            "configuration-unreadable",
            "\(what), so the doctor did not look at the contents.",
            remedy: "Run the doctor as root on the machine that has the file, or save there what `nginx -T` prints."
        )
    }

    /// The files that the configuration is in.
    var files: [String] {
        var found: Set<String> = []
        var rest = configuration?.directives ?? []
        while let directive = rest.popLast() {
            found.insert(directive.place.file)
            rest += directive.block ?? []
        }
        return found.sorted()
    }

    /// The user that `user` names for nginx's workers; nil if there is no such line.
    var user: String? {
        configuration?.directives.last { $0.name == "user" }?.value
    }
}
