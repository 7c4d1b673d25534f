import CCrypt
import Glibc
package import GrantCore

/// Secrets that a person chose, hashed by `crypt(3)`: yescrypt for new ones, any method of the system's for those there are.
///
/// `unsafe` here is for C strings, and for a working area that lives on the heap for the length of one call.
package struct Yescrypt: PasswordHash {
    /// The longest secret that `crypt(3)` takes, in bytes.
    package static let longestSecret = 511
    /// How many bytes of a secret bcrypt reads.
    private static let bcryptReads = 72

    /// The system's own.
    package init() {}

    /// The hash that a chosen secret of at most ``longestSecret`` bytes is kept as, at the system's default cost
    /// (`crypt_gensalt(3)`).
    package static func hash(of secret: ClientSecret) -> SecretHash {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let length = setting.count
        // Without random bytes of ours it takes the system's.
        guard unsafe crypt_gensalt_rn("$y$", 0, nil, 0, &setting, Int32(length)) != nil,
            let text = crypt(
                secret,
                setting: String(decoding: setting.map(UInt8.init(bitPattern:)).prefix { $0 != 0 }, as: UTF8.self)
            ),
            let hash = try? SecretHash(text)
        else { fatalError("this system's crypt(3) has no yescrypt") }
        return hash
    }

    /// Whether the secret is the one that a `crypt(3)` string was made from; never with bcrypt if it is longer than
    /// bcrypt reads, since other endings would do as well, nor if it is longer than `crypt(3)` takes. Nil if the system
    /// computed nothing.
    package func matches(_ secret: ClientSecret, _ hash: String) -> Bool? {
        if hash.hasPrefix("$2"), secret.exposedValue.utf8.count > Self.bcryptReads { return false }
        if secret.exposedValue.utf8.count > Self.longestSecret { return false }
        guard let text = Self.crypt(secret, setting: hash) else { return nil }
        guard text.utf8.count == hash.utf8.count else { return false }
        return zip(text.utf8, hash.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// `crypt_r(3)`; nil if it fails, for lack of memory or of the method.
    private static func crypt(_ secret: ClientSecret, setting: String) -> String? {
        let area = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer { unsafe area.deallocate() }
        unsafe area.initialize(to: crypt_data())
        defer { unsafe explicit_bzero(area, MemoryLayout<crypt_data>.size) }
        guard let text = unsafe crypt_r(secret.exposedValue, setting, area) else { return nil }
        let result = unsafe String(cString: text)
        // What fails begins with an asterisk, which no hash does.
        return result.hasPrefix("*") ? nil : result
    }
}
