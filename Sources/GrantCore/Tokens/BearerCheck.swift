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
    ///   - requirement: what the site's configuration asks for.
    package func verify(
        authorization: String?,
        requirement: CheckRequirement,
        at now: Timestamp
    ) async throws(BearerRefusal) -> TokenRecord {
        guard let required = Scope(requirement.scope ?? ""),
            let services = Audience(separatedBySpaces: requirement.audience ?? "")
        else { throw .malformedRequirement }
        let token = try Self.token(authorization)
        guard let record = try await find(token, at: now) else { throw .invalidToken }
        guard record.grant.audience.isAccepted(by: services) else {
            throw .otherAudience(client: record.grant.clientID)
        }
        guard record.grant.scope.contains(required) else {
            throw .insufficientScope(required, client: record.grant.clientID)
        }
        return record
    }

    /// The token in an Authorization header (RFC 6750 §2.1), whose scheme has no case.
    private static func token(_ authorization: String?) throws(BearerRefusal) -> String {
        guard let authorization, BearerScheme.isNamed(by: authorization) else { throw .noCredentials }
        let header = authorization.utf8.span
        var start = BearerScheme.length
        while start < header.count, header[start] == UInt8(ascii: " ") { start += 1 }
        var end = start
        while end < header.count, isTokenCharacter(header[end]) { end += 1 }
        guard start < end else { throw .malformedRequest }
        while end < header.count, header[end] == UInt8(ascii: "=") { end += 1 }
        guard end == header.count else { throw .malformedRequest }
        return String(Substring(authorization.utf8.dropFirst(start)))
    }

    private func find(_ token: String, at now: Timestamp) async throws(BearerRefusal) -> TokenRecord? {
        do {
            guard let token = AccessToken(token) else { return nil }
            return try await verifier.verify(token, at: now)
        } catch {
            throw .unavailable(error)
        }
    }

    /// The characters of `b64token` (RFC 6750 §2.1).
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
