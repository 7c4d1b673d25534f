import ArgumentParser
import Encoding
import FileStore
import GrantCore
import Remedies
import Settings

/// `grantctl client list`
struct ClientList: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all clients.",
        discussion: """
            On a terminal, columns that do not fit are cut, scopes first; --wide cuts none. What goes to a pipe or a \
            file is never cut.
            """,
        aliases: ["ls"]
    )

    @Flag(help: "Cut no column, however narrow the terminal is.")
    var wide = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        var documents: [any Encodable] = []
        var hasUnusable = false
        var rows = [["CLIENT", "STATE", "SECRETS", "LIFETIME", "SCOPE", "NAME"]]
        let time = now()
        for id in try await administration.ids() {
            switch await read(id, in: administration) {
            case .success(let client):
                documents.append(ClientDocument(client))
                rows.append(
                    [
                        id.value, client.isActive ? "active" : "disabled", client.secretsText(at: time),
                        client.accessTokenLifetime.map { "\($0) s" } ?? "default", client.scope.description,
                        client.name ?? "",
                    ]
                )
            case .failure(.notFound): break  // It was removed meanwhile.
            case .failure(.unusable(_, let reason)):
                documents.append(UnusableClient(clientId: id.value, active: false, error: reason))
                hasUnusable = true
                rows.append([id.value, "unusable: \(reason)"])
            case .failure(let error): throw error
            }
        }
        let advice = hasUnusable ? SiteAdvice.forCommand.lines().map { "grantctl: \($0)".printable } : []
        return Report(
            json: JSONArray(elements: documents),
            text: Table(rows, cutting: [4, 5]).text(
                width: wide ? nil : OutputWidth.current,
                .shown(by: ProcessEnvironment.current())
            ),
            note: advice.isEmpty ? nil : advice.joined(separator: "\n")
        )
    }

    private func read(
        _ id: ClientID,
        in administration: some ClientAdministration
    ) async -> Result<Client, AdministrationError> {
        do throws(AdministrationError) {
            return .success(try await administration.client(id))
        } catch {
            return .failure(error)
        }
    }
}

extension Client {
    /// How many secrets it has that have not expired, and when the next one expires.
    fileprivate func secretsText(at now: Timestamp) -> String {
        let current = secrets.filter { $0.isCurrent(at: now) }
        if current.isEmpty { return secrets.isEmpty ? "none" : "expired" }
        guard let end = current.compactMap(\.expiresAt).min() else { return "\(current.count)" }
        return "\(current.count), until \(end.text)"
    }
}

/// A client whose file cannot be used.
private struct UnusableClient: Encodable {
    let clientId: String
    let active: Bool
    let error: String
}

/// Values of several kinds in one array.
private struct JSONArray: Encodable {
    let elements: [any Encodable]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for element in elements { try element.encode(to: container.superEncoder()) }
    }
}
