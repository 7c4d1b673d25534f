import Encoding
import FoundationEssentials
import JOSE

@testable import GrantCore

extension SmallSite {
    /// What the site is called, and where its tokens are asked for: the audiences of its clients' assertions.
    static let issuer = "https://example.com/oauth2"

    /// The key of `billing` and `locked`, whose signatures are the same each time: one of Ed25519, for tests alone.
    ///
    /// It is made each time: Swift keeps it behind a pointer with a mark in it, which the sanitizer would take for a leak.
    static var key: PrivateKey {
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIKsnosWGg+n/thAFQwOc/K5fERsvKjW/sZCrjCxCTm+k
            -----END PRIVATE KEY-----

            """
        guard let key = try? PrivateKey(pem: pem, for: .edDSA) else { fatalError("this is a key") }
        return key
    }

    /// The public key as a client has it, by the client's name.
    static func keys(of name: String) -> JWKSet {
        guard let key = try? PublicKey(key.publicKey.parameters, keyID: name) else { fatalError("this is a key") }
        return JWKSet(publishing: [key])
    }

    /// A good assertion of `billing`.
    static let assertion = signed(
        header: Array(#"{"alg":"EdDSA","kid":"billing"}"#.utf8),
        payload: Array(
            #"{"iss":"billing","sub":"billing","aud":"\#(issuer)","jti":"a","exp":\#(now.seconds + 60)}"#.utf8
        )
    )

    /// A JWS of any header and any payload, signed by the key.
    static func signed(header: [UInt8], payload: [UInt8]) -> String {
        let input = "\(Base64.url.encode(header)).\(Base64.url.encode(payload))"
        guard let signature = try? key.signature(over: Array(input.utf8)) else { fatalError("the key signs") }
        return "\(input).\(Base64.url.encode(signature))"
    }

    /// Remembers the assertions of one input.
    final class Used: UsedAssertions {
        private var names: Set<AssertionName> = []

        func use(_ name: AssertionName, until end: Timestamp, at now: Timestamp) -> Bool {
            expect(now < end, "what has ended is not noted")
            return names.insert(name).inserted
        }
    }
}

/// What an assertion says that an input had signed by the key, by another reading than grantd's.
struct SignedClaims {
    private let header: Header
    private let claims: Payload

    // Named as the members are.
    private struct Header: Decodable {
        let alg: String
        let kid: String?
    }

    private struct Payload: Decodable {
        let iss: String
        let sub: String
        let jti: String
        let exp: Double
        let aud: Audience
    }

    private struct Audience: Decodable {
        let names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                names = [name]
            } else {
                names = try container.decode([String].self)
            }
        }
    }

    /// Reads both parts; nil if they cannot be those of an assertion.
    init?(header: [UInt8], payload: [UInt8]) {
        guard let header = try? JSONDecoder().decode(Header.self, from: Data(header)),
            let claims = try? JSONDecoder().decode(Payload.self, from: Data(payload))
        else { return nil }
        self.header = header
        self.claims = claims
    }

    /// Whether it may authenticate a client (RFC 7523 §3).
    func proves(_ name: String) -> Bool {
        let now = Double(SmallSite.now.seconds)
        return ["EdDSA", "Ed25519"].contains(header.alg) && header.kid ?? name == name
            && claims.iss == name && claims.sub == name && !claims.jti.isEmpty
            && [[SmallSite.issuer], [SmallSite.issuer + "/token"]].contains(claims.aud.names)
            && claims.exp > now && claims.exp <= now + 311
    }
}
