package import JOSE

/// Signs access tokens with the key that is active.
package protocol TokenSigner {
    /// Signs claims.
    ///
    /// - Parameter claims: a JSON object.
    /// - Returns: the token, a JWS in compact form (RFC 7515 §7.1), whose `typ` is `at+jwt` (RFC 9068 §2.1).
    /// - Throws: `unavailable` if no key is active, or one cannot be read.
    func sign(_ claims: [UInt8], at now: Timestamp) throws(StorageError) -> String

    /// The public keys that others verify tokens by now: those that sign, that will, and that did while their tokens live.
    func published(at now: Timestamp) throws(StorageError) -> JWKSet
}

extension TokenSigner {
    /// Whether there are keys; none if they cannot be read.
    package func hasAny(at now: Timestamp) -> Bool { (try? published(at: now).keys.isEmpty) == false }
}
