import SystemPackage

/// Prints a line to standard error, or with another terminator a part of one. What cannot be written is lost: there is
/// nowhere to say so.
func printToStandardError(_ text: String, terminator: String = "\n") {
    _ = try? FileDescriptor.standardError.writeAll("\(text)\(terminator)".utf8)
}
