import ArgumentParser

/// Standard output does not take what there is to say.
struct OutputError: Error, CustomStringConvertible {
    let reason: String

    var description: String { "standard output cannot be written: \(reason)" }
}

extension OutputError: Problem {
    var exitCode: ExitCode { .inputOutput }
}
