import ArgumentParser

/// There is no state directory, and the command does not create one.
struct MissingState: Error, CustomStringConvertible {
    let path: String

    var description: String { "there is no state directory \(path); `grantctl client add` makes one" }
}

extension MissingState: Problem {
    var exitCode: ExitCode { .inputOutput }
}
