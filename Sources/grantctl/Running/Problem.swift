import ArgumentParser
import FileStore
import GrantCore
import Linux
import RedisStore
import Settings

/// What ends a command, with the status that it then exits with.
protocol Problem: Error, CustomStringConvertible {
    var exitCode: ExitCode { get }
}

/// Does a command's work. A problem is told on standard error, and its status is thrown.
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

extension SettingsError: Problem {
    var exitCode: ExitCode { .usage }
}

extension StateError: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension StorageError: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension EngineFailure: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension SystemCallFailure: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension NoEngine: Problem {
    var exitCode: ExitCode { .usage }
}

extension NothingCounted: Problem {
    var exitCode: ExitCode { .refused }
}

extension MissingState: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension AdministrationError: Problem {
    var exitCode: ExitCode {
        switch self {
        case .exists, .notFound, .refused, .unnameable, .unusable: .refused
        case .failed, .notKept, .unaudited: .inputOutput
        }
    }
}

extension UnknownClient: Problem {
    var exitCode: ExitCode { .refused }
}

extension InputError: Problem {
    var exitCode: ExitCode {
        switch self {
        case .failed: .inputOutput
        case .interrupted: ExitCode(130)
        case .empty, .different, .moreThanOneLine, .tooLong, .tooMuch, .notText, .notASecret, .notAnAnswer,
            .noTokenInAnswer:
            .usage
        case .notAHash: .refused
        }
    }
}

extension HTTPFailure: Problem {
    var exitCode: ExitCode { .refused }
}

extension UnreadableFile: Problem {
    var exitCode: ExitCode { .refused }
}

extension OutputError: Problem {
    var exitCode: ExitCode { .inputOutput }
}
