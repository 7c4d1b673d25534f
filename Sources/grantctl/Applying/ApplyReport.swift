import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// What `apply` has done or would do, for programs and for people.
struct ApplyReport {
    private var isDryRun = false
    private var changes: [ApplyChange] = []
    private var faults: [DeclaredClients.Fault] = []
    private var failure: (id: ClientID, error: AdministrationError)?
    private var planned = 0
    private var unchanged = 0
    private var undeclared: [ClientID] = []
    private var stayDisabled: [ClientID] = []

    /// Nothing was done, and why.
    static func refusal(_ faults: [DeclaredClients.Fault], isDryRun: Bool) -> ApplyReport {
        ApplyReport(isDryRun: isDryRun, faults: faults)
    }

    /// What a plan would do.
    init(_ plan: ApplyPlan) {
        self.init(plan, done: plan.changes)
        isDryRun = true
    }

    /// What was done of a plan.
    ///
    /// - Parameter failure: the client with which it ended before its end, and why.
    init(_ plan: ApplyPlan, done: [ApplyChange], failure: (id: ClientID, error: AdministrationError)? = nil) {
        self.failure = failure
        changes = done
        planned = plan.changes.count
        unchanged = plan.unchanged
        undeclared = plan.undeclared
        stayDisabled = plan.stayDisabled
    }

    private init(isDryRun: Bool, faults: [DeclaredClients.Fault]) {
        self.isDryRun = isDryRun
        self.faults = faults
    }

    /// For standard output, and for standard error.
    var report: Report {
        Report(
            jsonText: json.text,
            text: faults.isEmpty ? text : "",
            note: notes.isEmpty ? nil : notes.map { "grantctl: \($0)".printable }.joined(separator: "\n"),
            exitCode: exitCode
        )
    }

    private var exitCode: ExitCode {
        if let failure { return failure.error.exitCode }
        if !faults.isEmpty { return .refused }
        return isDryRun && !changes.isEmpty ? .wouldChange : .success
    }

    private var json: JSONObject {
        var object = JSONObject()
        object.add("changed", !changes.isEmpty)
        object.add("dry_run", isDryRun)
        object.add("clients", changes.map(\.json))
        object.add("unchanged", Int64(unchanged))
        object.add("undeclared", undeclared.map(\.value))
        if !faults.isEmpty { object.add("faults", faults.map(\.json)) }
        if let failure {
            object.add("failed_client", failure.id.value)
            object.add("error", failure.error.description)
        }
        return object
    }

    private var text: String { (changes.map(\.text) + [summary]).joined(separator: "\n") }

    private var summary: String {
        if changes.isEmpty, failure == nil { return "Nothing to change; as declared: \(unchanged)." }
        let counts = [ApplyChange.Kind.created, .changed, .removed].compactMap { kind in
            let count = changes.count { $0.kind == kind }
            return count == 0 ? nil : "\(kind.rawValue): \(count)"
        }
        return "\(isDryRun ? "Would be " : "")\((counts + ["unchanged: \(unchanged)"]).joined(separator: ", "))."
            .startingASentence
    }

    private var notes: [String] {
        var notes = faults.map { "\($0.file): \($0.reason)" }
        if !faults.isEmpty { notes.append("nothing was changed") }
        if let failure {
            notes.append("client \(failure.id.value): \(failure.error)")
            notes.append("\(changes.count) of \(planned) changes were made; run it again to make the rest")
        }
        if !undeclared.isEmpty { notes.append("not declared, and left alone without --prune: \(list(undeclared))") }
        if !stayDisabled.isEmpty {
            notes.append("disabled, and left so since their files do not name active: \(list(stayDisabled))")
        }
        if changes.contains(where: { $0.secret != nil }) {
            notes.append("the secrets above are shown only once; only their hashes are stored")
        }
        return notes
    }

    /// The first ids, and how many more there are.
    private func list(_ ids: [ClientID]) -> String {
        let shown = 10
        let rest = ids.count > shown ? ", and \(ids.count - shown) more" : ""
        return ids.prefix(shown).map(\.value).joined(separator: ", ") + rest
    }
}

extension DeclaredClients.Fault {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.add("file", file)
        object.add("reason", reason)
        return object
    }
}
