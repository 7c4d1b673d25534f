import Crypto
import Encoding
import FileStore
import Gateway
import GrantCore
import JOSE

extension GatewayResponse {
    /// A JSON answer that must not be cached (RFC 6749 §5.1).
    init(status: Int, json: String) {
        self.init(status: status, json: Array(json.utf8))
    }

    /// The same, of bytes.
    init(status: Int, json: [UInt8]) {
        self.init(status: status, headers: Self.jsonHeaders, body: json)
    }

    private static let jsonHeaders = [
        (name: "Content-Type", value: "application/json"), (name: "Cache-Control", value: "no-store"),
        (name: "Pragma", value: "no-cache"),
    ]

    /// Public keys, which may be kept for five minutes (RFC 7517 §8.5).
    init(keys: JWKSet) {
        let body = Array(keys.text.utf8)
        self.init(
            status: 200,
            headers: [
                ("Content-Type", "application/jwk-set+json"),
                ("Cache-Control", "public, max-age=\(SigningKeySchedule.cacheTime)"),
                ("ETag", "\"\(Hex.encode(SHA256.hash(data: body).prefix(8)))\""),
            ],
            body: body
        )
    }

    /// A refusal, with the headers that go with it (RFC 6749 §5.2).
    init(refusing error: OAuthError, realm: String) {
        self.init(status: error.status, json: error.json)
        if let challenge = error.challenge(realm: realm) { headers.append(("WWW-Authenticate", challenge)) }
        if let methods = error.allow { headers.append(("Allow", methods)) }
        if let seconds = error.retryAfter { headers.append(("Retry-After", "\(seconds)")) }
        if case .unavailable(let cause) = error { endsWorker = cause.endsProcess }
    }

    /// Lets a request of the site pass, and tells nginx what for.
    init(allowing record: TokenRecord) {
        self.init(
            status: 204,
            headers: [
                ("X-OAuth-Client-Id", record.grant.clientID.headerValue),
                ("X-OAuth-Scope", record.grant.scope.description),
                ("X-OAuth-Expires", "\(record.expiresAt.seconds)"),
                ("Cache-Control", "no-store"),
            ]
        )
    }

    /// The same in a FastCGI Authorizer's words, which become variables of the request (FastCGI specification §6.3).
    init(authorizing record: TokenRecord) {
        self.init(
            status: 200,
            headers: [
                ("Variable-OAUTH_CLIENT_ID", record.grant.clientID.headerValue),
                ("Variable-OAUTH_SCOPE", record.grant.scope.description),
                ("Variable-OAUTH_EXPIRES", "\(record.expiresAt.seconds)"),
            ]
        )
    }

    /// A denial in a FastCGI Authorizer's words, which the server sends to the client as they are.
    init(forbidding refusal: BearerRefusal, realm: String) {
        self.init(status: refusal.status, json: refusal.json)
        if case .unavailable(let cause) = refusal { endsWorker = cause.endsProcess }
        if let challenge = refusal.challenge(realm: realm) { headers.append(("WWW-Authenticate", challenge)) }
    }

    /// Denies a request of the site.
    ///
    /// - Parameter hasBody: whether the answer says why in JSON. nginx reads no body, and could not keep the connection.
    init(denying refusal: BearerRefusal, realm: String, hasBody: Bool) {
        if hasBody {
            self.init(status: refusal.status, json: refusal.json)
        } else {
            self.init(status: refusal.status, headers: [("Cache-Control", "no-store")])
        }
        if case .unavailable(let cause) = refusal { endsWorker = cause.endsProcess }
        guard let challenge = refusal.challenge(realm: realm) else { return }
        headers.append(("WWW-Authenticate", challenge))
        // For the body of nginx's answer, which says what the challenge says.
        if let code = refusal.code { headers.append(("X-OAuth-Error", code)) }
        // nginx hands on the first of a 401 by itself, and of a 403 none: its snippet adds this one.
        if refusal.status == 403 { headers.append(("X-OAuth-Challenge", challenge)) }
    }
}

extension ClientID {
    /// The id in a header: percent-encoded but for visible ASCII, so that no two ids look alike to an upstream.
    fileprivate var headerValue: String {
        var text = ""
        for byte in value.utf8 {
            if (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return text
    }
}
