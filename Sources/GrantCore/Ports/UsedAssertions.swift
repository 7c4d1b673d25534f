import Crypto

/// Remembers which assertions have been used (RFC 7523 §3, `jti`), so that each authenticates its client once.
///
/// What any store promises, and `StoreConformance` holds it to: of all uses of one name, in all processes, one is answered
/// true; that answer is remembered until the assertion's end, at least.
package protocol UsedAssertions {
    /// Notes that an assertion was used; false if it was used before, or has ended. It is on record when this returns.
    ///
    /// To be called after the signature is verified, so that strangers can neither fill the store nor use up a client's `jti`.
    ///
    /// - Parameter end: the first moment at which the assertion counts no more: its `exp` plus any leeway. The caller
    ///   bounds it.
    /// - Throws: if it cannot be told whether the assertion was used, or not be noted that it was.
    func use(_ name: AssertionName, until end: Timestamp, at now: Timestamp) async throws(StorageError) -> Bool

    /// An assertion that was issued (`iat`) before this moment may have been used and forgotten, so the caller refuses it;
    /// nil if none can have been.
    ///
    /// The caller adds the leeway that it grants to clocks: an `iat` may lie ahead of the moment of use by as much.
    var forgetsUntil: Timestamp? { get }
}

extension UsedAssertions {
    package var forgetsUntil: Timestamp? { nil }
}

/// What an assertion is remembered by: the SHA-256 of the client's id, a NUL and the `jti`.
///
/// An id has no NUL, so two pairs that differ have two names.
package struct AssertionName: Sendable, Hashable {
    /// 32 bytes.
    package let digest: [UInt8]

    /// The name of a client's assertion.
    package init(client: ClientID, jti: String) {
        var hash = SHA256()
        hash.update(data: Array(client.value.utf8) + [0])
        hash.update(data: Array(jti.utf8))
        digest = unsafe hash.finalize().withUnsafeBytes { unsafe Array($0) }
    }
}
