import ArgumentParser
import FileStore
import Gateway
import Logging
import Settings
import SystemPackage

/// The responder: one FastCGI worker, or one CGI request.
@main
struct Grantd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grantd",
        abstract: "OAuth 2.0 client credentials for a site that nginx serves.",
        discussion: """
            With a listening socket on descriptor 0, as spawn-fcgi, multiwatch, systemd and lighttpd give it, this is one \
            FastCGI worker: it serves until it gets TERM. With a CGI environment it answers one request and exits.

            Each setting can stand in the environment, by the name in the option's help, or as a line NAME=value in the \
            file that GRANTD_CONFIG names (\(Settings.defaultFile) unless said otherwise). An option overrules the \
            environment, which overrules the file.

            Example:
              spawn-fcgi -n -s /run/grantd/grantd.sock -M 0660 -- /usr/bin/grantd
            """,
        version: "0.1.0"
    )

    @Option(help: "fastcgi or cgi, where descriptor 0 and the environment do not say which.")
    var mode: GatewayMode?

    @Flag(help: "Check the settings, the state directory and every client's file, say what is wrong, and exit.")
    var check = false

    @OptionGroup(title: "Settings")
    var options: SettingsOptions

    static func main() {
        ProcessProtection.apply()
        main(CommandLineArguments.trusted(environment: ProcessEnvironment.current()))
    }

    func run() throws {
        let environment = ProcessEnvironment.current()
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings.load(overrides: options.overrides, environment: environment)
        } catch {
            try Self.exit(.usage, saying: error.description)
        }
        if check { return try report(Check(settings).problems()) }

        guard let mode = mode ?? .detected() else {
            try Self.exit(.usage, saying: "descriptor 0 is no listening socket, and this is no CGI request: see --help")
        }
        let responder = Responder(
            settings,
            logger: .onStandardError(level: settings.logLevel, environment: environment)
        )
        switch mode {
        case .fastCGI: try responder.serveFastCGI()
        case .cgi: try responder.answerCGI()
        }
    }

    private func report(_ problems: [String]) throws {
        guard problems.isEmpty else { try Self.exit(.inputOutput, saying: problems.joined(separator: "\n")) }
        print("The settings, the state and all clients are in order.")
    }

    /// Ends the process with a sentence on standard error.
    static func exit(_ status: ExitStatus, saying text: String) throws -> Never {
        let lines = text.split(separator: "\n").map { "grantd: \($0)\n" }.joined()
        _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
        throw ExitCode(status.rawValue)
    }
}
