import Encoding
import GrantCore
import Testing

/// RFC 8414 §2.
struct ServerMetadataTests {
    private let base = "https://example.com/oauth2"

    @Test(arguments: [false, true])
    func `it says where everything is and what it takes`(hasKeys: Bool) throws {
        let json = ServerMetadata(issuer: base).json(hasKeys: hasKeys)
        let methods = texts(["client_secret_basic", "client_secret_post", "private_key_jwt"])
        let algorithms = texts(["ES256", "ES384", "RS256", "RS384", "PS256", "PS384", "EdDSA", "Ed25519"])
        var expected: [String: JSONDocument] = [
            "issuer": .string(base), "grant_types_supported": texts(["client_credentials"]),
            "response_types_supported": texts([]),
        ]
        for (endpoint, path) in [("token", "token"), ("introspection", "introspect"), ("revocation", "revoke")] {
            expected["\(endpoint)_endpoint"] = .string("\(base)/\(path)")
            expected["\(endpoint)_endpoint_auth_methods_supported"] = methods
            expected["\(endpoint)_endpoint_auth_signing_alg_values_supported"] = algorithms
        }
        if hasKeys { expected["jwks_uri"] = .string("\(base)/jwks") }
        #expect(try JSONDocument(Array(json.utf8)) == .object(expected))
    }

    private func texts(_ values: [String]) -> JSONDocument { .array(values.map(JSONDocument.string)) }
}
