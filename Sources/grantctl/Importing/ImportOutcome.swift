import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// What an import has done, for programs and for people.
struct ImportOutcome {
    private let format: ImportFormat
    private let isDryRun: Bool
    /// The ids of the clients that were made.
    private(set) var imported: Set<String> = []
    private var ids: [String] = []
    private var withoutSecret: [String] = []
    private var skipped: [Remark] = []
    private var refused: [Remark] = []
    private var notes: [Remark] = []
    private var failure: (entry: ImportEntry, error: AdministrationError)?

    /// A sentence about an entry.
    private struct Remark {
        let entry: ImportEntry
        let text: String

        /// - Parameter name: what programs know the sentence by.
        func json(_ name: String) -> JSONObject {
            var object = JSONObject()
            if let line = entry.line { object.add("line", Int64(line)) }
            if entry.line == nil, let id = entry.id { object.add("client_id", id) }
            if entry.line == nil, entry.id == nil { object.add("place", entry.place) }
            object.add(name, text)
            return object
        }
    }

    /// Nothing yet.
    init(format: ImportFormat, isDryRun: Bool) {
        self.format = format
        self.isDryRun = isDryRun
    }

    /// A client was made, or would be.
    mutating func take(_ entry: ImportEntry, _ id: ClientID, hasSecret: Bool) {
        imported.insert(id.value)
        ids.append(id.value)
        notes += entry.notes.map { Remark(entry: entry, text: $0) }
        guard !hasSecret else { return }
        withoutSecret.append(id.value)
        let remedy =
            "it has no secret yet: `grantctl client rotate` makes one, or stores the old one with --secret-stdin"
        notes.append(Remark(entry: entry, text: remedy))
    }

    /// An entry is not of the client credentials grant.
    mutating func skip(_ entry: ImportEntry, _ reason: String) { skipped.append(Remark(entry: entry, text: reason)) }

    /// An entry could not be imported.
    mutating func refuse(_ entry: ImportEntry, _ reason: String) { refused.append(Remark(entry: entry, text: reason)) }

    /// The import ended at an entry, before the rest of them.
    mutating func fail(_ entry: ImportEntry, _ error: AdministrationError) { failure = (entry, error) }

    /// The whole, for standard output and standard error.
    var report: Report {
        var lines =
            notes.map { "\($0.entry.place): \($0.text)" } + skipped.map { "\($0.entry.place) was skipped: \($0.text)" }
            + refused.map {
                format == .htpasswd ? "\($0.entry.place): \($0.text)" : "\($0.entry.place) was refused: \($0.text)"
            }
        if let failure {
            lines.append("\(failure.entry.place): \(failure.error)")
            lines.append("the import ended there; run it again to import the rest")
        }
        return Report(
            jsonText: json.text,
            text: text,
            note: lines.isEmpty ? nil : lines.map { "grantctl: \($0)".printable }.joined(separator: "\n"),
            exitCode: exitCode
        )
    }

    private var exitCode: ExitCode {
        if let failure { return failure.error.exitCode }
        return refused.isEmpty && withoutSecret.isEmpty ? .success : .refused
    }

    private var text: String {
        let done = isDryRun ? "would be imported" : ids.count == 1 ? "was imported" : "were imported"
        var text = ids.count == 1 ? "1 client \(done)" : "\(ids.count) clients \(done)"
        if !skipped.isEmpty { text += ", \(skipped.count) skipped" }
        if !refused.isEmpty, format != .htpasswd { text += ", \(refused.count) refused" }
        return text + "."
    }

    private var json: JSONObject {
        var object = JSONObject()
        object.add("imported", ids)
        object.add("refused", refused.map { $0.json("reason") })
        if let failure {
            object.add("failed", Remark(entry: failure.entry, text: failure.error.description).json("error"))
        }
        guard format != .htpasswd || isDryRun else { return object }
        object.add("dry_run", isDryRun)
        object.add("without_secret", withoutSecret)
        object.add("skipped", skipped.map { $0.json("reason") })
        object.add("notes", notes.map { $0.json("note") })
        return object
    }
}
