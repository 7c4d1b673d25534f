import ArgumentParser
import FileStore
import SystemPackage

/// Why the input cannot be used. It never repeats the input.
enum InputError: Error, Equatable, CustomStringConvertible {
    case empty
    case different
    case moreThanOneLine
    case tooLong
    case tooMuch(Int)
    case notText
    case notAnAnswer
    case noTokenInAnswer(isError: Bool)
    case notASecret
    case notAHash(String)
    case interrupted
    case failed(Errno)

    var description: String {
        switch self {
        case .empty:
            "standard input is empty: type the one line that is wanted, or pipe it: printf %s \"$LINE\" | grantctl ..."
        case .different: "the two secrets that were typed differ: nothing was done"
        case .moreThanOneLine: "standard input holds more than one line"
        case .tooLong: "the line on standard input is longer than \(StandardInput.longestLine) bytes"
        case .tooMuch(let limit): "standard input holds more than \(limit) bytes"
        case .notText: "standard input is not UTF-8"
        case .notAnAnswer: "standard input starts as a JSON object does, but is not one; give the whole answer"
        case .noTokenInAnswer(isError: false): "the JSON object on standard input has no member access_token"
        case .noTokenInAnswer(isError: true): "the JSON object on standard input is an error answer, without a token"
        case .notASecret: "a chosen secret has 1 to \(Yescrypt.longestSecret) bytes and no NUL"
        case .notAHash(let reason): "what came \(reason)"
        case .interrupted: "interrupted"
        case .failed(let errno): "standard input cannot be read: \(errno)"
        }
    }
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
