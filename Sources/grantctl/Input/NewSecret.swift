import ArgumentParser
import FileStore
import GrantCore

/// Where a client's new secret comes from.
struct NewSecretOptions: ParsableArguments {
    @Flag(
        name: .customLong("secret-stdin"),
        help: "Take the secret from standard input, one line, instead of making one."
    )
    var isChosen = false

    /// The secret: generated, or read.
    func secret(for id: ClientID) throws(InputError) -> NewSecret {
        guard isChosen else { return .generated() }
        guard let secret = ClientSecret(try StandardInput.line(prompt: "Secret for \(id.value.printable)")) else {
            throw .notASecret
        }
        return NewSecret(value: secret, hash: Yescrypt.hash(of: secret), isChosen: true)
    }
}

/// A secret in clear, for the one time that it is handed out, and as it is kept.
struct NewSecret {
    let value: ClientSecret
    let hash: SecretHash
    let isChosen: Bool

    /// 256 random bits in unreserved characters, so that no encoding of a request changes them.
    static func generated() -> NewSecret {
        guard let secret = ClientSecret(Base64.url.encode(SecureRandom.bytes(32))) else {
            fatalError("32 bytes are 43 such characters")
        }
        return NewSecret(value: secret, hash: SecretHash(ofGenerated: secret), isChosen: false)
    }

    /// Hands it out. A chosen one is known to whoever chose it, so people do not see it again.
    func report(for id: ClientID, done: String) -> Report {
        Report(
            json: Credentials(clientId: id.value, clientSecret: value.exposedValue),
            text: isChosen ? done : value.exposedValue,
            note: isChosen ? nil : "\(done) Above is its secret: it is kept as a hash and not shown again."
        )
    }

    private struct Credentials: Encodable {
        let clientId: String
        let clientSecret: String
    }
}
