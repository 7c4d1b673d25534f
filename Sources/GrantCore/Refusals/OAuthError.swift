/// Everything that an endpoint refuses, with its code, status, description and challenge (RFC 6749 §5.2).
package enum OAuthError: Error, Equatable {
    /// The request is malformed; the text says in which way and names the parameter.
    case invalidRequest(String)
    /// The method is none of those that the endpoint takes: POST alone for one that takes credentials (RFC 6749 §3.2).
    case methodNotAllowed(allow: String)
    /// The request did not come over TLS and had to (RFC 6749 §3.2).
    case insecureTransport
    /// No endpoint has this path.
    case notFound
    /// The body is longer than so many bytes.
    case bodyTooLarge(limit: Int)
    /// The body is of a type that is not read, or of none; it may look like JSON all the same.
    case unsupportedMediaType(String?, looksLikeJSON: Bool = false)
    /// The body is compressed.
    case unsupportedContentEncoding(String)
    /// The client did not authenticate, or not well.
    case invalidClient(ClientRefusal)
    /// Too many authentications of this client failed: after so many seconds its credentials are looked at again.
    case tooManyFailures(ClientID?, retryAfter: Int)
    /// Too many authentications wait for slow hashes; the client is the one that the request named.
    case tooBusy(ClientID?)
    /// The caller had gone before its turn came; no answer reaches it.
    case abandoned
    /// The system could not compute a slow hash; the client is the one that the request named.
    case notComputed(ClientID?)
    /// The client may not use the grant.
    case unauthorizedClient(ClientID)
    /// The grant is none of ours.
    case unsupportedGrantType
    /// The scope is malformed, or more than the client has; the client has authenticated.
    case invalidScope(ClientID, ScopeFault)
    /// The audience is malformed, or one that the client may not have tokens for (RFC 8707 §2); the client has
    /// authenticated.
    case invalidTarget(ClientID, AudienceFault)
    /// The client's `not_before` lies ahead: a token would be dead for these seconds to come.
    case notYetValid(ClientID, retryAfter: Int)
    /// A request from another machine for what only this machine may see.
    case notLocal
    /// Clients or tokens cannot be read or written; the client is named if it is known.
    case unavailable(StorageError)
}

extension OAuthError {
    /// The `error` member.
    package var code: String {
        switch self {
        case .invalidRequest, .methodNotAllowed, .insecureTransport, .notFound, .bodyTooLarge, .unsupportedMediaType,
            .unsupportedContentEncoding:
            "invalid_request"
        case .invalidClient: "invalid_client"
        case .unauthorizedClient: "unauthorized_client"
        case .unsupportedGrantType: "unsupported_grant_type"
        case .invalidScope: "invalid_scope"
        case .invalidTarget: "invalid_target"
        // Of §4.1.2.1.
        case .notLocal: "access_denied"
        // RFC 6749 §5.2 has no word for it. This one, of §4.1.2.1, says to try again; invalid_client would say that the
        // credentials were looked at.
        case .tooManyFailures, .tooBusy, .abandoned, .notComputed, .notYetValid, .unavailable: "temporarily_unavailable"
        }
    }

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .invalidRequest, .insecureTransport, .unauthorizedClient, .unsupportedGrantType, .invalidScope,
            .invalidTarget:
            400
        case .invalidClient: 401
        case .notLocal: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .bodyTooLarge: 413
        case .unsupportedMediaType, .unsupportedContentEncoding: 415
        case .tooManyFailures: 429
        case .tooBusy, .abandoned, .notComputed, .notYetValid, .unavailable: 503
        }
    }

    /// The `error_description` member: helps the caller, holds no secret, and only characters that RFC 6749 §5.2 allows.
    package var description: String {
        switch self {
        case .invalidRequest(let text): Self.allowed(text.unicodeScalars)
        case .methodNotAllowed(let methods): "this endpoint takes \(methods) only"
        case .insecureTransport: "this is served over TLS only: use https"
        case .notFound: "there is no such endpoint; clients use /token, /introspect and /revoke"
        case .bodyTooLarge(let limit): "the body is longer than \(limit) bytes"
        case .unsupportedMediaType(let sent, let looksLikeJSON): Self.mediaTypeDescription(sent, looksLikeJSON)
        case .unsupportedContentEncoding(let sent):
            "Content-Encoding \(Self.allowed(sent.unicodeScalars.prefix(60))) is not read here: send the body as it is"
        case .invalidClient(let refusal): refusal.reason.description
        case .tooManyFailures: "too many failed authentications, try again later"
        case .abandoned: "the caller is gone"
        case .tooBusy: "too many authentications wait to be decided, try again"
        case .unauthorizedClient: "the client may not use this grant"
        case .unsupportedGrantType: "grant_type has to be client_credentials"
        case .invalidScope(_, let fault): Self.allowed(fault.description.unicodeScalars)
        case .invalidTarget(_, let fault): Self.allowed(fault.description.unicodeScalars)
        case .notYetValid: "the client gets no tokens yet: its not_before lies ahead"
        case .notLocal: "only this machine may ask for this, unless the site allows other addresses"
        case .notComputed, .unavailable: "the service is not able to do this now"
        }
    }

    /// The `WWW-Authenticate` header that goes with a 401 (RFC 6749 §5.2, RFC 7617 §2, RFC 9110 §15.5.2).
    package func challenge(realm: String) -> String? {
        // An assertion does not come in the Authorization header.
        guard case .invalidClient(let refusal) = self, !refusal.reason.isOfAssertion else { return nil }
        return "Basic realm=\"\(realm)\", charset=\"UTF-8\""
    }

    /// The `Allow` header that goes with a 405 (RFC 9110 §15.5.6).
    package var allow: String? {
        if case .methodNotAllowed(let methods) = self { methods } else { nil }
    }

    /// After how many seconds to try again, with a 429 or 503 (RFC 9110 §10.2.3, RFC 6585 §4).
    package var retryAfter: Int? {
        switch self {
        case .tooManyFailures(_, let seconds), .notYetValid(_, let seconds): seconds
        case .tooBusy, .notComputed, .unavailable: 5
        default: nil
        }
    }

    /// Whether the answer has to leave at the fixed time of failed authentications. While there is no audit, right
    /// secrets and wrong ones get one answer, and have to get it at one time.
    package var isFailedAuthentication: Bool {
        switch self {
        case .invalidClient(let refusal): refusal.reason.isFailedAuthentication
        case .unavailable(.unaudited): true
        // Some of these cost a hash, or waited for others'.
        case .tooManyFailures, .tooBusy, .notComputed: true
        default: false
        }
    }

    /// The JSON body.
    package var json: String {
        #"{"error":"\#(code)","error_description":"\#(description)"}"#
    }

    private static func mediaTypeDescription(_ sent: String?, _ looksLikeJSON: Bool) -> String {
        let wanted =
            looksLikeJSON
            ? "the body looks like JSON, send \(MediaType.json.rawValue)"
            : "send \(MediaType.form.rawValue) or \(MediaType.json.rawValue)"
        guard let sent, !sent.isEmpty else { return "Content-Type is missing: \(wanted)" }
        return "Content-Type \(allowed(sent.unicodeScalars.prefix(60))) is not read here: \(wanted)"
    }

    /// The characters that RFC 6749 §5.2 lets stand, every other as `?`.
    private static func allowed(_ text: some Sequence<Unicode.Scalar>) -> String {
        String(
            text.map { scalar -> Character in
                switch scalar.value {
                case 0x20...0x21, 0x23...0x5B, 0x5D...0x7E: Character(scalar)
                default: "?"
                }
            }
        )
    }
}
