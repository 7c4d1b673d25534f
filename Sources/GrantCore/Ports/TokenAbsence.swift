/// Why a store finds no active token, for diagnosis by an administrator; no request is answered from it.
package enum TokenAbsence: Sendable, Equatable {
    /// It was not made under this store's key: another server's token, or garbage.
    case foreign
    /// It has expired: when, or at the latest when, and its record if that is still there.
    case expired(at: Timestamp, TokenRecord?)
    /// It was revoked; its record if that is still there.
    case revoked(TokenRecord?)
    /// It was made under this store's key, and cannot have expired, but there is no whole record of it.
    case missing
    /// It was made under this store's key, and its record is gone because it expired or was revoked.
    case gone
}

/// A store that can say why a token is not found.
package protocol TokenDiagnosis {
    /// Why `find` has nothing for a token; nil if it finds it.
    func absence(of token: AccessToken, at now: Timestamp) async throws(StorageError) -> TokenAbsence?
}
