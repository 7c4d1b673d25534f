/// Where clients are registered.
package protocol ClientRegistry {
    /// The client with this id, as it is registered now; nil if there is none, or its registration cannot be read.
    ///
    /// - Throws: if the registry as a whole cannot be read.
    func client(for id: ClientID) async throws(StorageError) -> Client?
}
