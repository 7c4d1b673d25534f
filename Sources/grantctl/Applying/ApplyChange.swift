import Encoding
import FileStore
import GrantCore

/// What `apply` does to one client.
struct ApplyChange {
    /// The kind of change, by the word that programs get.
    enum Kind: String {
        case created, changed, removed
    }

    let id: ClientID
    let kind: Kind
    /// Member by member; none of a client that is removed.
    let differences: [ClientDifference]
    /// Whether it gets a secret that is generated.
    var generatesSecret = false
    /// The secret in clear, once it is generated.
    var secret: ClientSecret?

    /// A line for the client, and one for each member, as diff(1) marks them.
    var text: String {
        let mark =
            switch kind {
            case .created: "+"
            case .changed: "~"
            case .removed: "-"
            }
        var lines = ["\(mark) \(id.value.printable)"]
        for difference in differences { lines += difference.lines.map { "  " + $0.printable } }
        if generatesSecret { lines.append("  + secrets: 1 generated") }
        if let secret { lines.append("  client_secret: \(secret.exposedValue)") }
        return lines.joined(separator: "\n")
    }

    /// The same for programs.
    var json: JSONObject {
        var object = JSONObject()
        object.add("client_id", id.value)
        object.add("change", kind.rawValue)
        object.add("differences", differences.map(\.json))
        if generatesSecret { object.add("generates_secret", true) }
        if let secret { object.add("client_secret", secret.exposedValue) }
        return object
    }
}

extension ClientDifference {
    fileprivate var lines: [String] {
        switch self {
        case .value(let member, let from, let to):
            return [from.map { "- \(member): \($0)" }, to.map { "+ \(member): \($0)" }].compactMap(\.self)
        case .unknown(let member): return ["~ \(member)"]
        case .secrets(let added, let removed, let changed):
            let parts = [("added", added), ("removed", removed), ("changed", changed)].filter { !$0.1.isEmpty }
                .map { word, names in "\(names.count) \(word) (\(names.joined(separator: " ")))" }
            return ["~ secrets: \(parts.joined(separator: ", "))"]
        case .keys(let added, let removed):
            return removed.map { "- jwks: \($0)" } + added.map { "+ jwks: \($0)" }
        }
    }

    fileprivate var json: JSONObject {
        var object = JSONObject()
        switch self {
        case .value(let member, let from, let to):
            object.add("member", member)
            object.add("from", json: from ?? "null")
            object.add("to", json: to ?? "null")
        case .unknown(let member): object.add("member", member)
        case .secrets(let added, let removed, let changed):
            object.add("member", "secrets")
            object.add("added", added)
            object.add("removed", removed)
            object.add("changed", changed)
        case .keys(let added, let removed):
            object.add("member", "jwks")
            object.add("added", added)
            object.add("removed", removed)
        }
        return object
    }
}
