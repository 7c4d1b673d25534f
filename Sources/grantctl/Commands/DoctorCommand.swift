import ArgumentParser
import Doctor
import Encoding
import FileStore
import GrantCore
import Linux
import Settings
import SystemPackage

/// `grantctl doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Finds what is wrong with the site around grantd, and says how to fix it.",
        discussion: """
            It reads nginx's configuration as `nginx -T` prints it, and looks at this machine: settings, state, clients, \
            clock, disk, workers, the socket, units. Run it as root; as another user it says what it could not see. It \
            changes nothing there.

            With a URL it also sends the site the requests of a client, by curl: for tokens in three ways, for each \
            protected path without a token and with a wrong, a valid and a revoked one, and more. It does so as --client, \
            or as a client of its own, which it creates and then removes, so that its failures lock no client out. \
            Redirects are not followed.

            With --nginx it reads a file instead, which may be one site's configuration or what `nginx -T` printed on \
            another machine. It prints no value that may be secret, and sends nothing to an address in the configuration.

            The exit status is 0 if it found no failure (it may have warnings), 1 if it found one, 64 for wrong usage, \
            and 74 if there was nothing to look at. grantd-doctor(7) explains what it may find.

            EXAMPLES:
              grantctl doctor
              grantctl doctor https://example.com/oauth2
              grantctl doctor https://example.com/oauth2 --no-nginx --protected "/orders/ orders.read"
              nginx -T | grantctl doctor --nginx - --site-only
            """
    )

    @Argument(
        help: ArgumentHelp("The URL of the mount, such as https://example.com/oauth2, to which requests are sent."),
        transform: {
            guard let url = MountURL($0) else {
                throw ValidationError(
                    "Give the URL of the mount, such as https://example.com/oauth2, without a user name, query or fragment."
                )
            }
            return url
        }
    )
    var url: MountURL?

    @Option(
        help: ArgumentHelp(
            "Read nginx's configuration, or what `nginx -T` printed, from this file, or from standard input for -.",
            valueName: "file"
        ),
        completion: .file()
    )
    var nginx: String?

    @Flag(name: .customLong("no-nginx"), help: "Do not read nginx's configuration.")
    var isWithoutNginx = false

    @Flag(name: .customLong("site-only"), help: "Look only at nginx's configuration, not at this machine.")
    var isSiteOnly = false

    @OptionGroup var live: LiveOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard url != nil || !live.areGiven else {
            throw ValidationError("--client, --protected and --ca go with the URL of a mount.")
        }
        guard live.client == nil || nginx != "-" else {
            throw ValidationError("Standard input is either the secret (--client) or the configuration (--nginx -).")
        }
        guard url == nil || !isSiteOnly else { throw ValidationError("--site-only asks no site: leave the URL out.") }
        guard nginx == nil || !isWithoutNginx else {
            throw ValidationError("--nginx and --no-nginx exclude each other.")
        }
        guard !isSiteOnly || !isWithoutNginx else {
            throw ValidationError("--site-only and --no-nginx leave nothing to look at.")
        }
    }

    func run() throws {
        try tellingProblems {
            let environment = ProcessEnvironment.current()
            let machine = KernelMachine(environment: environment)
            let site = try siteReading(on: machine)
            var found = DoctorReport()
            if let site { found.add(site.findings + siteFindings(site), of: .site) }
            if !isSiteOnly { found.add(machineFindings(site, environment, on: machine), of: .machine) }
            if let url { found.add(try liveFindings(url, site, environment, on: machine), of: .live) }
            let report = found.report(isColoured: Self.showsColours(environment))
            try report.print(asJSON: common.json)
            throw report.exitCode
        }
    }

    private func siteReading(on machine: KernelMachine) throws -> SiteReading? {
        if isWithoutNginx { return nil }
        guard let nginx else { return SiteReading(askingNginxOn: machine) }
        if nginx == "-" {
            let text = String(decoding: try StandardInput.everything(limit: Self.longestConfiguration), as: UTF8.self)
            return SiteReading(text: text, of: "-", on: machine)
        }
        let path = Self.absolute(nginx)
        guard let text = machine.text(of: path, limit: Self.longestConfiguration) else {
            throw UnreadableConfiguration(path: nginx)
        }
        return SiteReading(text: text, of: path, on: machine)
    }

    private static let longestConfiguration = 16 << 20

    private static func absolute(_ path: String) -> String {
        let path = FilePath(path)
        guard path.isRelative, let here = ProcessEnvironment.current()["PWD"] else { return path.string }
        return FilePath(here).pushing(path).lexicallyNormalized().string
    }

    private func siteFindings(_ site: SiteReading) -> [Finding] {
        site.configuration.map(SiteExamination.findings) ?? []
    }

    private func machineFindings(
        _ site: SiteReading?,
        _ environment: [String: String],
        on machine: KernelMachine
    ) -> [Finding] {
        let settings = Result { () throws(SettingsError) in try common.settings() }
        let mounts = site?.configuration.map(SiteExamination.mounts) ?? []
        let sockets = Set(mounts.compactMap(\.socketPath)).sorted()
        return MachineExamination(
            settings: settings,
            settingsFile: environment[Settings.fileSetting] ?? Settings.defaultFile.string,
            sockets: sockets.isEmpty && mounts.isEmpty ? [MachineExamination.usualSocket] : sockets,
            site: site,
            nginxConfiguration: nginx
        )
        .findings(on: machine)
    }

    private func liveFindings(
        _ url: MountURL,
        _ site: SiteReading?,
        _ environment: [String: String],
        on machine: KernelMachine
    ) throws -> [Finding] {
        guard let curl = machine.path(of: "curl") else { throw CurlMissing() }
        let credentials = try live.client.map { id in
            guard let secret = ClientSecret(try StandardInput.line(prompt: "Secret of \(id.value.printable)")) else {
                throw InputError.notASecret
            }
            return LiveCredentials(id: id, secret: secret, isOwn: false)
        }
        // From here on a signal ends a question, and what was made is taken away.
        let stop = try StopSource.signals()
        var sender = Curl(
            program: curl,
            certificateAuthority: live.authority,
            isDirect: true,
            userAgent: "grantctl-doctor",
            timeout: 20,
            stop: stop.descriptor.number
        )
        let asking = sender
        sender.stop = nil
        sender.timeout = 5
        return try LiveSession(
            url: url,
            places: LivePlaces(site?.configuration, of: url),
            named: live.protected,
            sender: asking,
            cleaner: sender,
            settings: try? common.settings(),
            credentials: credentials
        )
        .findings()
    }

    private static func showsColours(_ environment: [String: String]) -> Bool {
        Screen.isThere(environment) && environment["NO_COLOR", default: ""].isEmpty
    }
}

/// A configuration that was named cannot be read.
struct UnreadableConfiguration: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) cannot be read; name a regular file of at most 16 MiB that is there, or run the doctor as root"
    }
}

extension UnreadableConfiguration: Problem {
    var exitCode: ExitCode { .inputOutput }
}

/// There is no program to ask a site with.
struct CurlMissing: Error, CustomStringConvertible {
    var description: String { "the doctor asks a site by curl, which is not here: `apt-get install curl`" }
}

extension CurlMissing: Problem {
    var exitCode: ExitCode { .inputOutput }
}
