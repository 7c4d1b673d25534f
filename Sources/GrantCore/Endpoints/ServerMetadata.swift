/// What a library can find out about the server by itself (RFC 8414 §2).
package struct ServerMetadata: Sendable {
    private let issuer: String

    /// The metadata of an issuer, which is the URL of the mount, without a final slash.
    package init(issuer: String) {
        self.issuer = issuer
    }

    /// The JSON body.
    package var json: String {
        let methods = ClientAuthenticationMethod.allCases.map(\.rawValue)
        var object = JSONObject()
        object.add("issuer", issuer)
        object.add("token_endpoint", issuer + "/token")
        object.add("introspection_endpoint", issuer + "/introspect")
        object.add("revocation_endpoint", issuer + "/revoke")
        object.add("grant_types_supported", [GrantType.clientCredentials])
        object.add("response_types_supported", [String]())
        object.add("token_endpoint_auth_methods_supported", methods)
        object.add("introspection_endpoint_auth_methods_supported", methods)
        object.add("revocation_endpoint_auth_methods_supported", methods)
        return object.text
    }
}
