import ArgumentParser
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

/// A secret in clear, for the one time that it is handed out, and as it is kept.
struct NewSecret {
    /// Nil if only its hash is known.
    let value: ClientSecret?
    let hash: SecretHash
    let isChosen: Bool

    /// How many characters a generated secret has.
    static let generatedLength = 43

    /// 256 random bits in unreserved characters, so that no encoding of a request changes them.
    static func generated() -> NewSecret {
        guard let secret = ClientSecret(Base64.url.encode(SecureRandom.bytes(32))) else {
            fatalError("32 bytes are 43 such characters")
        }
        return NewSecret(value: secret, hash: SecretHash(ofGenerated: secret), isChosen: false)
    }

    /// One of which only the hash is known here.
    static func hashed(_ hash: SecretHash) -> NewSecret {
        NewSecret(value: nil, hash: hash, isChosen: true)
    }

    /// Hands it out. A chosen one is known already, so it is not shown.
    func report(for id: ClientID, done: String) -> Report {
        let made = isChosen ? nil : value?.exposedValue
        return Report(
            json: Credentials(clientId: id.value, clientSecret: value?.exposedValue),
            text: made ?? done,
            note: made.map { _ in "\(done) The secret above is shown only once; only its hash is stored." }
        )
    }

    /// Hands it out beside code that uses it. The code alone goes to standard output, so that it can go into a file.
    func report(for id: ClientID, done: String, with language: CodeLanguage, _ values: CodeValues) -> Report {
        let code = language.code(values)
        let secret = isChosen ? nil : value?.exposedValue
        let note =
            secret.map { "\($0)\n\(done) The secret above is shown only once; only its hash is stored." } ?? done
        return Report(
            json: Credentials(clientId: id.value, clientSecret: value?.exposedValue, code: code + "\n"),
            text: code,
            note: "\(note)\n\(language.instruction)"
        )
    }

    private struct Credentials: Encodable {
        let clientId: String
        let clientSecret: String?
        var code: String?
    }
}
