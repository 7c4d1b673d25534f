import SystemPackage

/// Why this process ends before its time: with which status, and in which words.
struct ProgramFailure: Error, Equatable {
    let status: Int32
    /// Sentences, a line each; empty if all has been said.
    let text: String

    /// An end for a reason that sysexits.h knows.
    init(_ status: ExitStatus, _ text: String) {
        self.status = status.rawValue
        self.text = text
    }

    /// An end that needs no words.
    init(status: Int32) {
        self.status = status
        self.text = ""
    }

    /// Says it on standard error.
    func say() {
        let lines = text.split(separator: "\n").map { "grantd: \($0)\n" }.joined()
        _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
    }
}
