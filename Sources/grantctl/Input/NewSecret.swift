import Encoding
import FileStore
import GrantCore

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
