package import GrantCore

/// Makes, changes and removes clients; what it did is kept for good when it returns, and counts at the next request.
package protocol ClientAdministration {
    /// Registers a client.
    func add(_ client: Client, as change: ClientChange) async throws(AdministrationError)

    /// Changes a client, and says what it is then. The change may be tried several times, if others change the client too;
    /// if it throws, nothing is done.
    @discardableResult
    func update(
        _ id: ClientID,
        as kind: ClientChange,
        _ change: (inout Client) throws(AdministrationError) -> Void
    ) async throws(AdministrationError) -> Client

    /// Takes a client away, whatever its registration says.
    func remove(_ id: ClientID) async throws(AdministrationError)

    /// A client as its registration says.
    func client(_ id: ClientID) async throws(AdministrationError) -> Client

    /// What is to be said of a client.
    func examine(_ id: ClientID, at now: Timestamp) async throws(AdministrationError) -> ClientExamination

    /// A client's registration, whole.
    func file(_ id: ClientID) async throws(AdministrationError) -> ClientFile

    /// Stores a registration unchanged, as when it is imported; it replaces the client's current one.
    func replace(_ file: ClientFile) async throws(AdministrationError)

    /// Creates or changes a client, depending on its current registration.
    ///
    /// - Parameter change: what to make of the registration, which is nil if there is none; nil leaves it as it is. It may
    ///   be called again if another process changed the client meanwhile.
    func edit(
        _ id: ClientID,
        _ change: (ClientFile?) throws(AdministrationError) -> ClientEdit?
    ) async throws(AdministrationError)

    /// The ids of all clients, sorted.
    func ids() async throws(AdministrationError) -> [ClientID]
}
