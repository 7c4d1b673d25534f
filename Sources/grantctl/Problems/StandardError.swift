import SystemPackage

/// Prints a line to standard error. One that cannot be written is lost: there is nowhere to say so.
func printToStandardError(_ line: String) {
    _ = try? FileDescriptor.standardError.writeAll("\(line)\n".utf8)
}
