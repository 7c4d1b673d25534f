package import GrantCore

/// Shows and clears the failed authentications that are counted in the file `guesses`; workers see it at the next attempt.
package struct FileFailureAdministration: FailureAdministration {
    private let state: StateDirectory
    private let counts: FileFailureCounts

    /// Administers the failures in a state directory. Without a file of counts, or with one that workers would replace,
    /// there are none.
    package init(in state: StateDirectory) {
        self.state = state
        counts = FileFailureCounts(at: state)
    }

    package func failures(of id: ClientID, at now: Timestamp) throws(StorageError) -> [CountedFailures] {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let file = try FailureFile(existingIn: state.root) else { return [] }
            return try file.failures(of: counts.owner(of: .failures(id, .unknown)), now)
        }
    }

    /// The failures of a client from one origin, as workers find them; nil if there are none.
    package func failures(
        of id: ClientID,
        from origin: Origin,
        at now: Timestamp
    ) throws(StorageError) -> FailureRecord? {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let file = try FailureFile(existingIn: state.root) else { return nil }
            return try file.record(at: counts.position(of: .failures(id, origin)), now)
        }
    }

    package func forgive(_ id: ClientID, from origin: Origin?, at now: Timestamp) throws(StorageError) {
        try StorageError.attempt { () throws(FileStoreError) in
            // Another process may replace the file before it is locked: then the new one is opened.
            while let file = try FailureFile(existingIn: state.root) {
                if try forget(id, from: origin, in: file) { return }
            }
        }
    }

    private func forget(
        _ id: ClientID,
        from origin: Origin?,
        in file: borrowing FailureFile
    ) throws(FileStoreError) -> Bool {
        if let origin { return try file.forget(counts.position(of: .failures(id, origin))) }
        guard try file.forget(failuresOf: counts.owner(of: .failures(id, .unknown))) else { return false }
        return try file.forget(counts.position(of: .budget(id)))
    }
}
