import ArgumentParser
import Encoding

extension Grantctl {
    /// Runs the command line. If it is refused, what may be meant is said as well.
    static func main() {
        let command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            refuse(error)
        }
        var running = command
        do {
            try running.run()
        } catch {
            exit(withError: error)
        }
    }

    private static func refuse(_ error: any Error) -> Never {
        let message = fullMessage(for: error)
        let hints = UsageHints(
            program: configuration.commandName ?? "",
            words: Array(CommandLine.arguments.dropFirst()),
            root: Self.self,
            refusal: message
        )
        guard exitCode(for: error) == .usage, case let lines = hints.lines, !lines.isEmpty else {
            exit(withError: error)
        }
        // The usage is the message's end.
        let usage = message.firstRange(of: "\nUsage: ")?.lowerBound ?? message.endIndex
        printToStandardError(
            message[..<usage] + "\n" + lines.map(\.printable).joined(separator: "\n") + message[usage...]
        )
        exit(withError: ExitCode.usage)
    }
}
