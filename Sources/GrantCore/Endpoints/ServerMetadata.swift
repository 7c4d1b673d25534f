import Encoding
import JOSE

/// What a library can find out about the server by itself (RFC 8414 §2).
package struct ServerMetadata: Sendable {
    private let issuer: String

    /// The metadata of an issuer, which is the URL of the mount, without a final slash.
    package init(issuer: String) {
        self.issuer = issuer
    }

    /// The JSON body.
    ///
    /// - Parameter hasKeys: whether there are keys of signed tokens, so that their URL is told.
    package func json(hasKeys: Bool) -> String {
        let methods = ClientAuthenticationMethod.allCases.map(\.rawValue)
        let algorithms = Algorithm.allCases.map(\.rawValue)
        var object = JSONObject()
        object.add("issuer", issuer)
        object.add("token_endpoint", issuer + "/token")
        object.add("introspection_endpoint", issuer + "/introspect")
        object.add("revocation_endpoint", issuer + "/revoke")
        if hasKeys { object.add("jwks_uri", issuer + "/jwks") }
        object.add("grant_types_supported", [GrantType.clientCredentials])
        object.add("response_types_supported", [String]())
        object.add("token_endpoint_auth_methods_supported", methods)
        object.add("token_endpoint_auth_signing_alg_values_supported", algorithms)
        object.add("introspection_endpoint_auth_methods_supported", methods)
        object.add("introspection_endpoint_auth_signing_alg_values_supported", algorithms)
        object.add("revocation_endpoint_auth_methods_supported", methods)
        object.add("revocation_endpoint_auth_signing_alg_values_supported", algorithms)
        return object.text
    }
}
