import Crypto

/// Hashes secrets that a person chose, slowly.
package protocol PasswordHash: Sendable {
    /// Whether the secret is the one that a `crypt(3)` string was made from; on any thread. Nil if that was not computed,
    /// for want of memory, say.
    func matches(_ secret: ClientSecret, _ hash: String) -> Bool?
}

/// Holds presented secrets against kept ones, in constant time, and remembers which slow hash was met.
///
/// The memory holds a salted digest of the secret for each hash that was met, and is bounded. Once it knows a hash, any
/// secret is told from the right one by the digest: then a wrong one costs no slow hash either.
package final class SecretMatcher {
    /// How many hashes are remembered.
    package static let memoryLimit = 1024

    /// What computes slow hashes, on any thread.
    let passwordHash: any PasswordHash
    private var remembered: [String: Proof] = [:]

    /// A matcher that remembers nothing yet.
    package init(passwordHash: any PasswordHash) {
        self.passwordHash = passwordHash
    }

    /// Whether the secret is the one that is kept as this hash, as far as that can be told without a slow hash.
    func matchesFast(_ secret: ClientSecret, _ hash: SecretHash) -> Bool {
        switch hash {
        case .sha256(let digest): SHA256.hash(of: secret.exposedValue).isEqual(to: digest)
        case .crypt(let text): remembered[text]?.isMet(by: secret) ?? false
        }
    }

    /// Whether only a slow hash can tell.
    func needsSlowHash(_ hash: SecretHash) -> Bool {
        if case .crypt(let text) = hash { remembered[text] == nil } else { false }
    }

    /// A secret, and the `crypt(3)` string that it may have been made from.
    struct Pair: Sendable, Equatable {
        let secret: ClientSecret
        let hash: String

        // The secret is the request's own on both sides: how long it takes to look tells nothing about another.
        static func == (one: Pair, other: Pair) -> Bool {
            one.hash == other.hash && one.secret.exposedValue == other.secret.exposedValue
        }
    }

    /// What slow hashes have shown.
    enum Computed: Sendable, Equatable {
        /// No hash matched.
        case none
        /// This pair matched.
        case met(Pair)
        /// No hash matched, and one could not be computed, so the secret is not known to be wrong.
        case incomplete
    }

    /// Computes the hashes of pairs in turn until one matches. Nothing else in grantd takes as long.
    static func compute(_ pairs: [Pair], by passwordHash: any PasswordHash) -> Computed {
        var isIncomplete = false
        for pair in pairs {
            switch passwordHash.matches(pair.secret, pair.hash) {
            case true?: return .met(pair)
            case false?: break
            case nil: isIncomplete = true
            }
        }
        return isIncomplete ? .incomplete : .none
    }

    /// Whether it is, by what was computed where ``matchesFast(_:_:)`` does not tell; then it is remembered.
    func matches(_ secret: ClientSecret, _ hash: SecretHash, by computed: Computed) -> Bool {
        if matchesFast(secret, hash) { return true }
        guard case .crypt(let text) = hash, remembered[text] == nil,
            computed == .met(Pair(secret: secret, hash: text))
        else { return false }
        if remembered.count >= Self.memoryLimit { remembered.remove(at: remembered.startIndex) }
        remembered[text] = Proof(of: secret)
        return true
    }

    /// What is remembered of a secret. It never leaves the process, so it cannot be extended, and a hash that begins
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
