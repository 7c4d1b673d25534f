/// Everything that is wrong with the settings, found in one go.
package struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// One sentence for each thing that is wrong: what, where, and what would be right.
    package let problems: [String]

    /// Describes what is wrong, a sentence each.
    package init(problems: [String]) {
        self.problems = problems
    }

    /// The sentences, one a line.
    package var description: String { problems.joined(separator: "\n") }
}
