/// Says whether a request to the site may pass: the question that nginx's `auth_request` asks (RFC 6750).
package struct BearerCheck {
    private let verifier: TokenVerifier

    /// A check by a verifier.
    package init(verifier: TokenVerifier) {
        self.verifier = verifier
    }

    /// What the request's token stands for.
    ///
    /// - Parameters:
    ///   - authorization: the request's Authorization header.
    ///   - requiredScope: the words that the site's configuration asks for, all of them; nil or empty for none.
    package func verify(
        authorization: String?,
        requiredScope: String?,
        at now: Timestamp
    ) throws(BearerRefusal) -> TokenRecord {
        guard let required = Scope(requiredScope ?? "") else { throw .malformedRequirement }
        let token = try Self.token(authorization)
        guard let record = try find(token, at: now) else { throw .invalidToken }
        guard record.grant.scope.contains(required) else {
            throw .insufficientScope(required, client: record.grant.clientID)
        }
        return record
    }

    /// The token in an Authorization header (RFC 6750 §2.1), whose scheme has no case.
    private static func token(_ authorization: String?) throws(BearerRefusal) -> String {
        guard let header = authorization?.utf8 else { throw .noCredentials }
        let scheme = header.prefix { $0 != UInt8(ascii: " ") }
        guard String(decoding: scheme, as: UTF8.self).lowercased() == "bearer" else { throw .noCredentials }
        let credentials = header.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        let content = credentials.prefix { isTokenCharacter($0) }
        guard !content.isEmpty, credentials.dropFirst(content.count).allSatisfy({ $0 == UInt8(ascii: "=") }) else {
            throw .malformedRequest
        }
        return String(decoding: credentials, as: UTF8.self)
    }

    private func find(_ token: String, at now: Timestamp) throws(BearerRefusal) -> TokenRecord? {
        do {
            return try AccessToken(token).flatMap { token throws(StorageError) in try verifier.verify(token, at: now) }
        } catch {
            throw .unavailable(error)
        }
    }

    /// The characters of `b64token` (RFC 6750 §2.1).
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        Base64.url.hasLetter(byte) || ".~+/".utf8.contains(byte)
    }
}
