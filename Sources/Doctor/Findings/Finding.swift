/// What one examination of a site came to: in order, a weakness, or a fault with its remedy.
package struct Finding: Equatable, Sendable {
    /// How bad it is.
    package let severity: Severity
    /// A stable name for programs, in lower case with hyphens, such as `check-without-mount`.
    package let name: String
    /// The line of a configuration that it is about; nil if it is about none.
    package let place: Place?
    /// What is the case, in one sentence that names what was found. It never holds a secret.
    package let statement: String
    /// What to do about it; nil if all is in order.
    package let remedy: String?

    /// What was found.
    package init(
        _ severity: Severity,
        _ name: String,
        at place: Place? = nil,
        _ statement: String,
        remedy: String? = nil
    ) {
        self.severity = severity
        self.name = name
        self.place = place
        self.statement = statement
        self.remedy = remedy
    }

    /// How bad a finding is; the worst one decides the command's exit status.
    package enum Severity: String, Comparable, Sendable {
        case ok, warning, failure

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .failure: 2
            }
        }
    }

    /// A line of a file.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        package let file: String
        /// Counted from 1.
        package let line: Int

        package init(file: String, line: Int) {
            self.file = file
            self.line = line
        }

        package var description: String { "\(file):\(line)" }
    }
}
