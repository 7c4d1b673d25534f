/// Shows and clears the failed authentications of clients, for administrators.
package protocol FailureAdministration {
    /// The failures of a client, known or not, from each origin, that are not forgotten yet.
    func failures(of id: ClientID, at now: Timestamp) async throws(StorageError) -> [CountedFailures]

    /// Forgets the failures of a client: from one origin, or from all of them, and then what they spent of its budget too.
    func forgive(_ id: ClientID, from origin: Origin?, at now: Timestamp) async throws(StorageError)
}
