import ArgumentParser
import Encoding

/// What ends a command, with the status that it then exits with.
protocol Problem: Error, CustomStringConvertible {
    var exitCode: ExitCode { get }
}

/// Does a command's work. A problem is printed to standard error, and its exit status is thrown.
func tellingProblems(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let problem as any Problem {
        for line in problem.description.split(separator: "\n") {
            printToStandardError("grantctl: \(String(line).printable)")
        }
        for line in problem.advice { printToStandardError("grantctl: \(line.printable)") }
        throw problem.exitCode
    }
}

extension ExitCode {
    /// Refused, or not found.
    static let refused = ExitCode(1)
    /// Nothing was wrong, and something would be changed, as diff(1) and others say it.
    static let wouldChange = ExitCode(2)
    /// `EX_USAGE` of `sysexits.h`
    static let usage = ExitCode(64)
    /// `EX_IOERR` of `sysexits.h`
    static let inputOutput = ExitCode(74)
}
