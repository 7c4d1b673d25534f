import Encoding
import Testing

@testable import GrantCore

/// Secrets and tokens are confidential (RFC 6749 §10.3): however they are printed, they stay hidden.
struct RedactionTests {
    private static let hidden = "4f1cS3cr3t"

    /// A value of each type that holds a secret, a token or a hash.
    private static func values() throws -> [any Sendable] {
        let secret = try #require(ClientSecret(hidden))
        let token = try #require(AccessToken(hidden))
        let id: ClientID = "web-app"
        let hash = SecretHash.crypt("$y$\(hidden)")
        let client = Client.webApp { $0.secrets = [StoredSecret(hash: hash, createdAt: nil)] }
        return [
            secret, token, hash, client,
            [secret], [id: token],
            StoredSecret(hash: hash, createdAt: nil),
            TokenResponse(token: token, lifetime: 1, grant: Grant(clientID: id, scope: "a")),
        ]
    }

    private static func printings(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var debugPrinted = ""
        debugPrint(value, to: &debugPrinted)
        let children = Mirror(reflecting: value).children.map { "\($0.value)" }
        return ["\(value)", String(describing: value), String(reflecting: value), dumped, debugPrinted] + children
    }

    @Test func `nothing that holds a secret prints it`() throws {
        for value in try Self.values() {
            for text in Self.printings(of: value) {
                #expect(!text.contains(Self.hidden), "\(type(of: value))")
            }
        }
    }

    @Test func `credentials from a request do not print their secret`() throws {
        let readings = try #require(try BasicCredentials.parse(authorization: basic("web-app:\(Self.hidden)")))
        for text in Self.printings(of: readings) { #expect(!text.contains(Self.hidden)) }
        #expect(readings.first?.secret.exposedValue == Self.hidden)
    }

    @Test func `a secret and a token say that they are hidden`() throws {
        let token = try #require(AccessToken(Self.hidden))
        let secret = try #require(ClientSecret(Self.hidden))
        for text in ["\(secret)", "\(token)", secret.debugDescription, token.debugDescription] {
            #expect(text == "<redacted>")
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(Mirror(reflecting: token).children.isEmpty)
    }

    @Test func `the bytes of a generated secret's digest are not printed`() {
        let hash = SecretHash(ofGenerated: "client-secret")
        guard case .sha256(let digest) = hash else { preconditionFailure("no digest") }
        for text in Self.printings(of: StoredSecret(hash: hash, createdAt: nil)) {
            #expect(!text.contains(Hex.encode(digest)))
            #expect(!text.contains("\(digest[0]), \(digest[1])"))
        }
    }
}
