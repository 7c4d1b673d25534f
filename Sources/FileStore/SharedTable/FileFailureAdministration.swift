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
            return try file.failures(of: counts.owner(of: .budget(id)), now)
        }
    }

    package func forgive(_ id: ClientID, from origin: Origin?, at now: Timestamp) throws(StorageError) {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let file = try FailureFile(existingIn: state.root) else { return }
            if let origin { return try file.forget(counts.position(of: .failures(id, origin))) }
            try file.forget(failuresOf: counts.owner(of: .budget(id)))
            try file.forget(counts.position(of: .budget(id)))
        }
    }
}
