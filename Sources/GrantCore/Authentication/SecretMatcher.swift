import Crypto

/// Hashes secrets that a person chose, slowly.
package protocol PasswordHash: Sendable {
    /// Whether the secret is the one that a `crypt(3)` string was made from; on any thread.
    func matches(_ secret: ClientSecret, _ hash: String) -> Bool
}

/// Holds presented secrets against kept ones, in constant time, and remembers which slow hash was met.
///
/// The memory holds a salted digest of the secret for each hash that was met, and is bounded. Once it knows a hash, any
/// secret is told from the right one by the digest: then a wrong one costs no slow hash either.
package final class SecretMatcher {
    /// How many hashes are remembered.
    package static let memoryLimit = 1024

    private let passwordHash: any PasswordHash
    private var remembered: [String: Proof] = [:]

    /// A matcher that remembers nothing yet.
    package init(passwordHash: any PasswordHash) {
        self.passwordHash = passwordHash
    }

    /// Whether the secret is the one that is kept as this hash, as far as that can be told without a slow hash.
    func matchesFast(_ secret: ClientSecret, _ hash: SecretHash) -> Bool {
        switch hash {
        // swift-crypto compares digests in constant time.
        case .sha256(let digest): SHA256.hash(data: Array(secret.exposedValue.utf8)) == digest
        case .crypt(let text): remembered[text]?.isMet(by: secret) ?? false
        }
    }

    /// Whether only a slow hash can tell.
    func needsSlowHash(_ hash: SecretHash) -> Bool {
        if case .crypt(let text) = hash { remembered[text] == nil } else { false }
    }

    /// What tells it of pairs that need a slow hash.
    func comparison(of pairs: [SlowComparison.Pair]) -> SlowComparison {
        SlowComparison(pairs, by: passwordHash)
    }

    /// Whether it is, as a comparison that was run tells where ``matchesFast(_:_:)`` does not; then it is remembered.
    func matches(_ secret: ClientSecret, _ hash: SecretHash, by comparison: SlowComparison) -> Bool {
        if matchesFast(secret, hash) { return true }
        guard case .crypt(let text) = hash, remembered[text] == nil, comparison.isMet(by: secret, text) else {
            return false
        }
        if remembered.count >= Self.memoryLimit { remembered.remove(at: remembered.startIndex) }
        remembered[text] = Proof(of: secret)
        return true
    }

    /// What is remembered of a secret. It never leaves the process, so that nobody could lengthen it, and a hash that begins
    /// with the salt will do.
    private struct Proof {
        private let salt: [UInt8]
        private let digest: SHA256Digest

        init(of secret: ClientSecret) {
            salt = unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) }
            digest = Self.digest(of: secret, salt)
        }

        func isMet(by secret: ClientSecret) -> Bool {
            Self.digest(of: secret, salt) == digest
        }

        private static func digest(of secret: ClientSecret, _ salt: [UInt8]) -> SHA256Digest {
            var content = salt
            content.reserveCapacity(salt.count + secret.exposedValue.utf8.count)
            content += secret.exposedValue.utf8
            return SHA256.hash(data: content)
        }
    }
}
