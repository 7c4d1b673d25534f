import Encoding

/// Makes signed access tokens (RFC 9068).
package struct SignedTokens {
    private let issuer: String
    private let signer: any TokenSigner

    /// Tokens of an issuer.
    ///
    /// - Parameter issuer: what they name as `iss`.
    package init(issuer: String, signer: any TokenSigner) {
        self.issuer = issuer
        self.signer = signer
    }

    /// The signed token of a grant.
    ///
    /// - Parameter opaque: the token that a store knows it by, which becomes its `jti`.
    func token(
        of grant: Grant,
        _ opaque: AccessToken,
        at now: Timestamp,
        lifetime: Int
    ) throws(StorageError) -> AccessToken {
        let text = try signer.sign(claims(of: grant, opaque, at: now, lifetime: lifetime), at: now)
        guard let token = AccessToken(text), token.isSigned, token.handle == opaque.handle else {
            throw .unavailable(
                "the signed token of \(grant.clientID) would be longer than \(AccessToken.longestSigned) characters"
            )
        }
        return token
    }

    /// The claims (RFC 9068 §2.2). `jti` comes first: ``AccessToken`` finds it there.
    private func claims(of grant: Grant, _ opaque: AccessToken, at now: Timestamp, lifetime: Int) -> [UInt8] {
        var claims = JSONObject()
        claims.add("jti", opaque.handle)
        claims.add("iss", issuer)
        claims.add("sub", grant.clientID.value)
        claims.add("client_id", grant.clientID.value)
        claims.add(audience: grant.audience)
        claims.add("iat", now.seconds)
        claims.add("exp", now.adding(seconds: Int64(lifetime)).seconds)
        if !grant.scope.isEmpty { claims.add("scope", grant.scope.description) }
        return Array(claims.text.utf8)
    }
}
