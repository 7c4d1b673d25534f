package import Crypto

/// Hashes secrets that a person chose, slowly.
package protocol PasswordHash {
    /// Whether the secret is the one that a `crypt(3)` string was made from.
    func matches(_ secret: ClientSecret, _ hash: String) -> Bool
}

/// Holds presented secrets against kept ones, in constant time, and remembers which slow hash was met.
///
/// The memory holds a keyed digest for each match, under a key of this process alone, and is bounded.
package final class SecretMatcher {
    /// How many matches are remembered.
    package static let memoryLimit = 1024

    private let passwordHash: any PasswordHash
    private let key: SymmetricKey
    private var remembered: Set<HashedAuthenticationCode<SHA256>> = []

    /// A matcher that remembers nothing yet.
    package init(passwordHash: any PasswordHash, key: SymmetricKey = SymmetricKey(size: .bits256)) {
        self.passwordHash = passwordHash
        self.key = key
    }

    /// Whether the secret is the one that is kept as any of these hashes; a slow one is computed only after all others.
    func matches(_ secret: ClientSecret, anyOf hashes: [SecretHash]) -> Bool {
        hashes.contains { matchesFast(secret, $0) } || hashes.contains { matchesSlowly(secret, $0) }
    }

    /// Whether it is, as far as that can be told without computing a slow hash.
    func matchesFast(_ secret: ClientSecret, _ hash: SecretHash) -> Bool {
        switch hash {
        // swift-crypto compares digests in constant time.
        case .sha256(let digest): SHA256.hash(data: Array(secret.exposedValue.utf8)) == digest
        case .crypt(let text): remembered.contains(proof(that: secret, matches: text))
        }
    }

    private func matchesSlowly(_ secret: ClientSecret, _ hash: SecretHash) -> Bool {
        guard case .crypt(let text) = hash, passwordHash.matches(secret, text) else { return false }
        if remembered.count >= Self.memoryLimit { remembered.removeFirst() }
        remembered.insert(proof(that: secret, matches: text))
        return true
    }

    /// What is remembered of a match: bound to both texts, and of no use to anybody without the key.
    private func proof(that secret: ClientSecret, matches text: String) -> HashedAuthenticationCode<SHA256> {
        HMAC<SHA256>.authenticationCode(for: Array("\(text)\0\(secret.exposedValue)".utf8), using: key)
    }
}
