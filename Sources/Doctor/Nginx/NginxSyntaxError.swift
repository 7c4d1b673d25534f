/// A line that nginx would refuse to read.
package struct NginxSyntaxError: Error, Equatable, Sendable {
    /// The line.
    package let place: Finding.Place
    /// What is wrong with it, as the end of a sentence that starts with the line. It quotes nothing of the file.
    package let reason: String
}
