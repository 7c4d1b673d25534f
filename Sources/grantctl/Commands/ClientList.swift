import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client list`
struct ClientList: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all clients.",
        aliases: ["ls"]
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        var documents: [any Encodable] = []
        var rows = [["CLIENT", "STATE", "SCOPE", "NAME"]]
        for id in try await administration.ids() {
            switch await read(id, in: administration) {
            case .success(let client):
                documents.append(ClientDocument(client))
                rows.append(
                    [id.value, client.isActive ? "active" : "disabled", client.scope.description, client.name ?? ""]
                )
            case .failure(.notFound): break  // It was removed meanwhile.
            case .failure(.unusable(_, let reason)):
                documents.append(UnusableClient(clientId: id.value, active: false, error: reason))
                rows.append([id.value, "unusable: \(reason)"])
            case .failure(let error): throw error
            }
        }
        return Report(json: JSONArray(elements: documents), text: Table.text(rows))
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
