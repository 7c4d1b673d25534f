import Encoding

/// What is told of a token (RFC 7662 §2.2).
package struct IntrospectionResponse: Sendable {
    /// The live token; nil for any other, of which nothing more is told.
    package let record: TokenRecord?
    /// Who issued it, if the site has said it.
    package let issuer: String?

    /// An answer about a token.
    package init(record: TokenRecord?, issuer: String?) {
        self.record = record
        self.issuer = issuer
    }

    /// The JSON body. The subject of a token that a client got for itself is the client.
    package var json: String {
        guard let record else { return #"{"active":false}"# }
        var object = JSONObject()
        object.add("active", true)
        if !record.grant.scope.isEmpty { object.add("scope", record.grant.scope.description) }
        object.add("client_id", record.grant.clientID.value)
        object.add("token_type", "bearer")
        object.add("exp", record.expiresAt.seconds)
        object.add("iat", record.issuedAt.seconds)
        object.add("sub", record.grant.clientID.value)
        object.add(audience: record.grant.audience)
        if let issuer { object.add("iss", issuer) }
        return object.text
    }
}
