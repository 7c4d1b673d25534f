import ArgumentParser
import Encoding

/// `grantctl health`
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks a worker whether it can issue tokens.",
        discussion: """
            It asks for /health over the workers' unix socket, as a web server does, and prints the answer. It needs no \
            more than the right to connect there, which makes it the check for a container or a watchdog: it finds \
            workers that hang too.

            The exit status is 0 if the answer is 200, and 1 if it is another one or none comes in time.
            """
    )

    @Option(help: ArgumentHelp("The workers' unix socket.", valueName: "path"), completion: .file())
    var socket = "/run/grantd/grantd.sock"

    @Option(help: ArgumentHelp("How long to wait for the answer, 1 to 60.", valueName: "seconds"))
    var timeout = 4

    func validate() throws {
        guard (1...60).contains(timeout) else { throw ValidationError("--timeout takes 1 to 60 seconds") }
    }

    func run() throws {
        try tellingProblems {
            let answer = try HealthProbe(socket: socket, timeout: timeout).answer()
            guard answer.isHealthy else { throw HealthProblem.unhealthy(answer.body.printable) }
            try Report(jsonText: answer.body, text: answer.body.printable).print(asJSON: false)
        }
    }
}
