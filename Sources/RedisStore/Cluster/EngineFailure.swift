package import GrantCore

/// Why the engine did not do what it was asked; the text is for the log, and holds no secret.
package enum EngineFailure: Error, Equatable, CustomStringConvertible {
    /// It is set up in a way that no retry mends: a wrong password, a missing function, a replica in the place of a
    /// primary.
    case misconfigured(String)
    /// It does not answer, or says that it cannot now.
    case unavailable(String)
    /// It takes no more writes: its memory or its disk is full.
    case full(String)

    package var description: String {
        switch self {
        case .misconfigured(let text), .unavailable(let text), .full(let text): text
        }
    }

    /// The same in the core's terms.
    package var storageError: StorageError {
        switch self {
        case .misconfigured(let text), .unavailable(let text): .unavailable(text)
        case .full(let text): .full(text)
        }
    }
}

extension StorageError {
    /// Runs questions to the engine whose failure is the store's.
    static func asking<Result>(
        _ questions: () async throws(EngineFailure) -> Result
    ) async throws(StorageError) -> Result {
        do throws(EngineFailure) {
            return try await questions()
        } catch {
            throw error.storageError
        }
    }
}
