package import Crypto

/// Hashes secrets that a person chose, slowly.
package protocol PasswordHash {
    /// Whether the secret is the one that a `crypt(3)` string was made from.
    func matches(_ secret: ClientSecret, _ hash: String) -> Bool
}

/// Holds presented secrets against kept ones, in constant time, and remembers which slow hash was met.
///
/// The memory holds a keyed digest for each client, under a key of this process alone, and is bounded.
package final class SecretMatcher {
    /// For how many clients a match is remembered.
    package static let memoryLimit = 1024

    private let passwordHash: any PasswordHash
    private let key: SymmetricKey
    private var remembered: [ClientID: HashedAuthenticationCode<SHA256>] = [:]

    /// A matcher that remembers nothing yet.
    package init(passwordHash: any PasswordHash, key: SymmetricKey = SymmetricKey(size: .bits256)) {
        self.passwordHash = passwordHash
        self.key = key
    }

    /// Whether the secret is the one that is kept as this hash.
    func matches(_ secret: ClientSecret, _ hash: SecretHash, of client: ClientID) -> Bool {
        guard case .crypt(let text) = hash else { return matchesFast(secret, hash) }

        let proof = HMAC<SHA256>.authenticationCode(for: Array("\(text)\0\(secret.exposedValue)".utf8), using: key)
        if remembered[client] == proof { return true }
        guard passwordHash.matches(secret, text) else { return false }
        if remembered.count >= Self.memoryLimit { _ = remembered.remove(at: remembered.startIndex) }
        remembered[client] = proof
        return true
    }

    /// The same for a hash that costs nothing to compute; false for a slow one.
    func matchesFast(_ secret: ClientSecret, _ hash: SecretHash) -> Bool {
        guard case .sha256(let digest) = hash else { return false }
        // swift-crypto compares digests in constant time.
        return SHA256.hash(data: Array(secret.exposedValue.utf8)) == digest
    }
}
