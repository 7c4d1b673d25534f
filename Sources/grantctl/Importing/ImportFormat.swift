import ArgumentParser
import GrantCore

/// What another system exports its clients as.
enum ImportFormat: String, EnumerableFlag {
    case htpasswd, hydra, keycloak, aidbox

    static func help(for format: ImportFormat) -> ArgumentHelp? {
        switch format {
        case .htpasswd: "The input is lines `id:hash`, as htpasswd(5) and shadow(5) write them."
        case .hydra: "The input is clients of Ory Hydra: its API's, or rows of the table hydra_client, as JSON."
        case .keycloak: "The input is a realm that Keycloak exported, or its API's clients, as JSON."
        case .aidbox: "The input is Client resources of Aidbox as JSON: a Bundle, an array, or one a line."
        }
    }

    /// Reads an export.
    ///
    /// - Throws: if it is nothing of this kind, so that no entry can be told.
    func entries(in bytes: [UInt8]) throws(UnreadableExport) -> [ImportEntry] {
        switch self {
        case .htpasswd: HashedLine.entries(in: bytes)
        case .hydra: try HydraClient.entries(in: ExportDocument.values(in: bytes))
        case .keycloak: try KeycloakClient.entries(in: ExportDocument.values(in: bytes))
        case .aidbox: try AidboxClient.entries(in: ExportDocument.values(in: bytes))
        }
    }
}

/// What is to be imported is not what it was said to be.
struct UnreadableExport: Problem, Equatable {
    let reason: String

    var exitCode: ExitCode { .refused }
    var description: String { "nothing was imported: \(reason)" }
}
