import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// Where a client's new secret comes from.
struct NewSecretOptions: ParsableArguments {
    @Flag(
        name: .customLong("secret-stdin"),
        help: "Take the secret from standard input, one line, instead of generating one."
    )
    var isChosen = false

    @Flag(
        name: .customLong("hash-stdin"),
        help:
            "Take a hash of the secret from standard input, one line: bcrypt, yescrypt or SHA-crypt, as in crypt(5)."
    )
    var isHashed = false

    /// Whether something is read from standard input.
    var isRead: Bool { isChosen || isHashed }

    func validate() throws {
        if isChosen && isHashed { throw ValidationError("--secret-stdin and --hash-stdin exclude each other.") }
    }

    /// The secret: generated, or read.
    func secret(for id: ClientID) throws(InputError) -> NewSecret {
        if isHashed { return .hashed(try Self.hash(StandardInput.line(prompt: "Hash for \(id.value.printable)"))) }
        guard isChosen else { return .generated() }
        guard let secret = ClientSecret(try StandardInput.newSecret(prompt: "Secret for \(id.value.printable)")),
            secret.exposedValue.utf8.count <= Yescrypt.longestSecret
        else { throw .notASecret }
        if let weakness = SecretWeakness.of(secret) { printToStandardError("grantctl: warning: \(weakness)") }
        return NewSecret(value: secret, hash: Yescrypt.hash(of: secret), isChosen: true)
    }

    private static func hash(_ text: String) throws(InputError) -> SecretHash {
        do {
            return try SecretHash(text)
        } catch {
            throw .notAHash(error.reason)
        }
    }
}
