/// Where clients are registered.
package protocol ClientRegistry {
    /// The client with this id, as it is registered now; nil if there is none, or its registration cannot be read.
    ///
    /// The answer may come from memory. A caller that acts on it reads ``basis`` before, has it confirmed after, and asks
    /// again if it has changed.
    ///
    /// - Throws: if the registry as a whole cannot be read.
    func client(for id: ClientID) async throws(StorageError) -> Client?

    /// A number that changes when this process learns that registrations may have changed.
    var basis: Int { get }

    /// Looks whether registrations have changed: ``basis`` is another one then. A token that is issued or looked up does
    /// the same.
    func confirmBasis(for id: ClientID) async throws(StorageError)
}

extension ClientRegistry {
    /// A registry that never answers from memory keeps its basis.
    package var basis: Int { 0 }

    package func confirmBasis(for id: ClientID) async throws(StorageError) {}
}
