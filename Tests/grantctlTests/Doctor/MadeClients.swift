import FileStore
import GrantCore

/// Clients of which one is made and removed, or fails as a test says.
final class MadeClients: ClientAdministration {
    /// What comes of making a client; nil if it is made.
    var failure: AdministrationError?
    private(set) var client: Client?
    private(set) var removed: [ClientID] = []

    func add(_ client: Client, as change: ClientChange) throws(AdministrationError) {
        self.client = client
        if let failure { throw failure }
    }

    func remove(_ id: ClientID) throws(AdministrationError) { removed.append(id) }

    func update(
        _ id: ClientID,
        as kind: ClientChange,
        _ change: (inout Client) throws(AdministrationError) -> Void
    ) throws(AdministrationError) -> Client { throw .notFound(id) }

    func client(_ id: ClientID) throws(AdministrationError) -> Client { throw .notFound(id) }

    func examine(_ id: ClientID, at now: Timestamp) throws(AdministrationError) -> ClientExamination {
        throw .notFound(id)
    }

    func file(_ id: ClientID) throws(AdministrationError) -> ClientFile { throw .notFound(id) }

    func replace(_ file: ClientFile) throws(AdministrationError) { throw .notFound(file.client.id) }

    func edit(
        _ id: ClientID,
        _ change: (ClientFile?) throws(AdministrationError) -> ClientEdit?
    ) throws(AdministrationError) { throw .notFound(id) }

    func ids() throws(AdministrationError) -> [ClientID] { [] }
}
