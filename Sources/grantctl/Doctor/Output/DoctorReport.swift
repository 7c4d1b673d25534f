import ArgumentParser
import Doctor
import Encoding
import GrantCore

/// All that the doctor found, in the parts in which it looked.
struct DoctorReport {
    /// Where it looked.
    enum Part: String {
        case site, machine, live

        /// The heading.
        fileprivate var title: String { rawValue.startingASentence }
    }

    private var parts: [(part: Part, findings: [Finding])] = []

    /// Adds what was found in a part.
    mutating func add(_ findings: [Finding], of part: Part) {
        if !findings.isEmpty { parts.append((part, findings)) }
    }

    /// The number of findings of a severity.
    func count(_ severity: Finding.Severity) -> Int {
        parts.reduce(0) { $0 + $1.findings.count { $0.severity == severity } }
    }

    /// For programs and for people.
    ///
    /// - Parameter isColoured: whether the terminal shows colours.
    func report(isColoured: Bool) -> Report {
        Report(
            json: Document(self),
            text: text(isColoured: isColoured),
            exitCode: count(.failure) > 0 ? .refused : .success
        )
    }

    private func text(isColoured: Bool) -> String {
        let blocks = parts.map { part in
            ([part.part.title] + part.findings.flatMap { lines($0, isColoured) }).joined(separator: "\n")
        }
        return (blocks + [closing]).joined(separator: "\n\n")
    }

    private func lines(_ finding: Finding, _ isColoured: Bool) -> [String] {
        let (word, colour) =
            switch finding.severity {
            case .ok: ("ok     ", "32")
            case .warning: ("warning", "33")
            case .failure: ("FAILURE", "31")
            }
        let shown = isColoured ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
        let place = finding.place.map { "\($0.description.printable): " } ?? ""
        let name = finding.severity == .ok ? "" : " [\(finding.name)]"
        let line = "  \(shown)  \(place)\(finding.statement.printable)\(name)"
        return [line] + (finding.remedy.map { ["           \($0.printable)"] } ?? [])
    }

    private var closing: String {
        let failures = count(.failure)
        let warnings = count(.warning)
        if failures == 0, warnings == 0 { return "All is in order: \(count(.ok)) findings." }
        let counts = [(failures, "failure", "failures"), (warnings, "warning", "warnings")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
        return "\(counts.joined(separator: " and ")). grantd-doctor(7) explains the names in brackets."
    }
}

/// What programs get.
private struct Document: Encodable {
    let failures: Int
    let warnings: Int
    let findings: [Entry]

    init(_ report: DoctorReport) {
        failures = report.count(.failure)
        warnings = report.count(.warning)
        findings = report.all.map(Entry.init)
    }

    struct Entry: Encodable {
        let part: String
        let severity: String
        let name: String
        let place: Place?
        let statement: String
        let remedy: String?

        init(_ part: DoctorReport.Part, _ finding: Finding) {
            self.part = part.rawValue
            severity = finding.severity.rawValue
            name = finding.name
            place = finding.place.map { Place(file: $0.file, line: $0.line) }
            statement = finding.statement
            remedy = finding.remedy
        }
    }

    struct Place: Encodable {
        let file: String
        let line: Int
    }
}

extension DoctorReport {
    fileprivate var all: [(Part, Finding)] { parts.flatMap { part in part.findings.map { (part.part, $0) } } }
}
