import ArgumentParser

/// Standard output cannot be written.
struct OutputError: Error, CustomStringConvertible {
    let reason: String

    var description: String { "standard output cannot be written: \(reason)" }
}

extension OutputError: Problem {
    var exitCode: ExitCode { .inputOutput }
}
