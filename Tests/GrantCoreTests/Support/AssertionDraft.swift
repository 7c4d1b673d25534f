import Encoding
import JOSE

@testable import GrantCore

/// Keys that these tests sign by, made once.
enum TestKeys {
    private static let made: Result<[Algorithm: PrivateKey], PrivateKey.Fault> = Result { () throws(PrivateKey.Fault) in
        let rsa = try PrivateKey.generate(.rs256).pem
        let ed25519 = try PrivateKey.generate(.edDSA).pem
        return [
            .es256: try PrivateKey.generate(.es256), .es384: try PrivateKey.generate(.es384),
            .rs256: try PrivateKey(pem: rsa, for: .rs256), .rs384: try PrivateKey(pem: rsa, for: .rs384),
            .ps256: try PrivateKey(pem: rsa, for: .ps256), .ps384: try PrivateKey(pem: rsa, for: .ps384),
            .edDSA: try PrivateKey(pem: ed25519, for: .edDSA), .ed25519: try PrivateKey(pem: ed25519, for: .ed25519),
        ]
    }

    /// The key of `web-app` for an algorithm.
    static func own(_ algorithm: Algorithm = .es256) -> PrivateKey {
        guard let key = try? made.get()[algorithm] else { preconditionFailure("there is a key for each algorithm") }
        return key
    }

    /// A key of nobody's.
    static let foreign: PrivateKey = {
        guard let key = try? PrivateKey.generate(.es256) else { preconditionFailure("a key can be made") }
        return key
    }()

    /// A public key under another name.
    static func named(_ id: String?, _ key: PrivateKey, for algorithm: Algorithm?) -> PublicKey {
        guard let key = try? PublicKey(key.publicKey.parameters, keyID: id, algorithm: algorithm) else {
            preconditionFailure("this is a key")
        }
        return key
    }
}

/// An assertion in the making: a good one of `web-app`, until it is changed. Values are JSON texts.
struct AssertionDraft: Sendable {
    /// The audience that is right.
    static let issuer = "https://example.com/oauth2"

    var header = ["alg": #""ES256""#, "kid": #""first""#]
    var claims = [
        "iss": #""web-app""#, "sub": #""web-app""#, "aud": #""\#(issuer)""#, "jti": #""once""#,
        "exp": "\(Fixture.now.seconds + 60)",
    ]
    /// The header, if it is another text than that of ``header``.
    var wholeHeader: String?
    /// The payload, if it is another text than that of ``claims``.
    var wholePayload: String?
    /// What it is signed by.
    var key = TestKeys.own()
    /// The signature's bytes, as they are changed.
    var signature: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// The finished text, as it is changed.
    var text: @Sendable (String) -> String = { $0 }
    /// What a request says beside it, from `&` on.
    var beside = ""
    /// The client that it is sent for.
    var client = Client.byKey()

    init(_ change: (inout AssertionDraft) -> Void = { _ in }) {
        change(&self)
    }

    /// The assertion.
    var assertion: String {
        let parts = [wholeHeader ?? Self.object(header), wholePayload ?? Self.object(claims)]
        let input = parts.map { Base64.url.encode(Array($0.utf8)) }.joined(separator: ".")
        guard let signed = try? key.signature(over: Array(input.utf8)) else { preconditionFailure("a key can sign") }
        return text("\(input).\(Base64.url.encode(signature(signed)))")
    }

    private static func object(_ members: [String: String]) -> String {
        "{\(members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }

    /// A form that asks for a token by it.
    var form: EndpointRequest { .assertion(assertion, beside: beside) }
}

extension EndpointRequest {
    /// A form that asks for a token by an assertion.
    static func assertion(_ text: String, beside: String = "", from origin: Origin = .unknown) -> EndpointRequest {
        let encoded = text.utf8.map { byte in
            Base64.urlAlphabet.contains(byte) ? "\(Unicode.Scalar(byte))" : "%" + Hex.encode([byte])
        }
        return .form(
            """
            grant_type=client_credentials&client_assertion_type=\(ClientAssertion.type)\
            &client_assertion=\(encoded.joined())\(beside)
            """,
            authorization: nil,
            from: origin
        )
    }
}

extension Client {
    /// `web-app` with the key `first` of ES256 and no secret, changed as a test needs it.
    static func byKey(_ change: (inout Client) -> Void = { _ in }) -> Client {
        var client = Client(id: "web-app")
        client.authenticationMethod = .privateKeyJWT
        client.keys = JWKSet(publishing: [TestKeys.named("first", TestKeys.own(), for: .es256)])
        change(&client)
        return client
    }
}
