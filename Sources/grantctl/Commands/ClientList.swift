import ArgumentParser
import FileStore
import GrantCore

/// `grantctl client list`
struct ClientList: StateCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all clients.")

    @OptionGroup var common: CommonOptions

    func perform(in state: StateDirectory, at now: () -> Timestamp) throws -> Report {
        let administration = ClientAdministration(in: state)
        var documents: [any Encodable] = []
        var rows = [["CLIENT", "STATE", "SCOPE", "NAME"]]
        for id in try administration.ids() {
            switch Result(catching: { () throws(AdministrationError) in try administration.client(id) }) {
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
