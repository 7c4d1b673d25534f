/// Where clients are registered.
package protocol ClientRegistry {
    /// The client with this id, as it is registered now; nil if there is none, or its registration cannot be read.
    ///
    /// A registry that says of itself what it is `basis` of may answer from memory. Who acts on such an answer has to find,
    /// afterwards, that the basis is the same.
    ///
    /// - Throws: if the registry as a whole cannot be read.
    func client(for id: ClientID) async throws(StorageError) -> Client?

    /// Changes whenever this process learns that registrations have changed.
    var basis: Int { get }

    /// Whether nothing has changed since what `client(for:)` answered from memory; if so, the basis does not change either.
    func isCurrent(_ id: ClientID) async throws(StorageError) -> Bool
}

extension ClientRegistry {
    /// A registry that never answers from memory has the same basis for ever.
    package var basis: Int { 0 }

    package func isCurrent(_ id: ClientID) async throws(StorageError) -> Bool { true }
}
