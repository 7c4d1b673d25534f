import Testing

@testable import GrantCore

/// RFC 6749 §5.2.
struct OAuthErrorTests {
    /// Every error, with what goes into its answer.
    private static let answers: [(OAuthError, status: Int, code: String, description: String)] = [
        (.invalidRequest("scope is repeated"), 400, "invalid_request", "scope is repeated"),
        (.methodNotAllowed(allow: "POST"), 405, "invalid_request", "this endpoint takes POST only"),
        (.notFound, 404, "invalid_request", "there is no such endpoint; clients use /token, /introspect and /revoke"),
        (.bodyTooLarge(limit: 16384), 413, "invalid_request", "the body is longer than 16384 bytes"),
        (
            .unsupportedMediaType("text/plain"), 415, "invalid_request",
            "Content-Type text/plain is not read here: send application/x-www-form-urlencoded or application/json"
        ),
        (
            .unsupportedMediaType(nil), 415, "invalid_request",
            "Content-Type is missing: send application/x-www-form-urlencoded or application/json"
        ),
        (
            .unsupportedMediaType(""), 415, "invalid_request",
            "Content-Type is missing: send application/x-www-form-urlencoded or application/json"
        ),
        (
            .invalidClient(ClientRefusal(.noCredentials, claimed: nil)), 401, "invalid_client",
            "no client authentication: use Basic, or client_id and client_secret in the body, or a client_assertion"
        ),
        (
            .invalidClient(ClientRefusal(.unsupportedScheme, claimed: nil)), 401, "invalid_client",
            "a client authenticates by Basic, or by client_id and client_secret in the body, or by a client_assertion"
        ),
        (
            .invalidClient(ClientRefusal(.unknownClient, claimed: "a")), 401, "invalid_client",
            "client authentication failed"
        ),
        (
            .invalidClient(ClientRefusal(.wrongSecret, claimed: "a")), 401, "invalid_client",
            "client authentication failed"
        ),
        (
            .invalidClient(ClientRefusal(.expiredSecret, claimed: "a")), 401, "invalid_client",
            "client authentication failed"
        ),
        (
            .invalidClient(ClientRefusal(.disabledClient, claimed: "a")), 401, "invalid_client",
            "client authentication failed"
        ),
        (
            .invalidClient(ClientRefusal(.otherMethod, claimed: "a")), 401, "invalid_client",
            "the client is registered for another token_endpoint_auth_method"
        ),
        (
            .tooManyFailures("a", retryAfter: 7), 429, "temporarily_unavailable",
            "too many failed authentications, try again later"
        ),
        (
            .tooBusy("a"), 503, "temporarily_unavailable",
            "too many authentications wait to be decided, try again"
        ),
        (
            .notComputed("a"), 503, "temporarily_unavailable",
            "the service is not able to do this now"
        ),
        (.unauthorizedClient("a"), 400, "unauthorized_client", "the client may not use this grant"),
        (.unsupportedGrantType, 400, "unsupported_grant_type", "grant_type has to be client_credentials"),
        (
            .invalidScope("a", .straySpace), 400, "invalid_scope",
            "scope is malformed: its words are separated by one space each, with none before or after"
        ),
        (
            .invalidScope("a", .forbiddenCharacter(word: "l\u{E9}s\"\\")), 400, "invalid_scope",
            "scope is malformed: l?s?? holds a character that RFC 6749 does not allow"
        ),
        (
            .invalidScope("a", .notAllowed(word: "x")), 400, "invalid_scope",
            "the client does not have the scope x: ask for less, or leave scope out"
        ),
        (
            .invalidScope("a", .notAllowed(word: "read,write")), 400, "invalid_scope",
            "the client does not have the scope read,write; words are separated by spaces, not by commas"
        ),
        (
            .unsupportedMediaType(nil, looksLikeJSON: true), 415, "invalid_request",
            "Content-Type is missing: the body looks like JSON, send application/json"
        ),
        (
            .unsupportedContentEncoding("gzip\""), 415, "invalid_request",
            "Content-Encoding gzip? is not read here: send the body as it is"
        ),
        (
            .notYetValid("a", retryAfter: 5), 503, "temporarily_unavailable",
            "the client gets no tokens yet: its not_before lies ahead"
        ),
        (
            .unavailable(.unavailable("open: EACCES")), 503, "temporarily_unavailable",
            "the service is not able to do this now"
        ),
        (
            .unavailable(.full("write: ENOSPC")), 503, "temporarily_unavailable",
            "the service is not able to do this now"
        ),
        (
            .unavailable(.syncFailed("fdatasync: EIO")), 503, "temporarily_unavailable",
            "the service is not able to do this now"
        ),
        (.unavailable(.unknownFormat("x")), 503, "temporarily_unavailable", "the service is not able to do this now"),
    ]

    @Test(arguments: answers)
    func `every error has its status, code and description`(
        error: OAuthError,
        status: Int,
        code: String,
        description: String
    ) {
        #expect(error.status == status)
        #expect(error.code == code)
        #expect(error.description == description)
        #expect(error.json == #"{"error":"\#(code)","error_description":"\#(description)"}"#)
    }

    @Test(arguments: answers)
    func `a 401 carries a challenge, a 405 Allow, a 429 and a 503 Retry-After, and no other does`(
        error: OAuthError,
        status: Int,
        code: String,
        description: String
    ) {
        #expect(error.challenge(realm: "site") == (status == 401 ? #"Basic realm="site", charset="UTF-8""# : nil))
        #expect(error.allow == (status == 405 ? "POST" : nil))
        #expect(error.retryAfter == [429: 7, 503: 5][status])
    }

    @Test(arguments: answers)
    func `only held-against credentials are answered at the fixed time`(
        error: OAuthError,
        status: Int,
        code: String,
        description: String
    ) {
        let needsNoDelay = description.contains("Basic, or")
        let isHeldAgainst = code == "invalid_client" && !needsNoDelay
        #expect(
            error.isFailedAuthentication
                == (isHeldAgainst || status == 429 || [.tooBusy("a"), .notComputed("a")].contains(error))
        )
    }

    @Test(arguments: [
        "a\"b", "a\\b", "\"},\"x\":\"", "a\r\nSet-Cookie: x", "a\u{0}b", "\u{1B}[31m", "ü€𝄞", "\u{7F}", "e\u{301}",
        "\u{202E}", "\t", String(repeating: "\"", count: 1000), "a" + String(repeating: "\u{301}", count: 5000),
        String(repeating: "\r\n", count: 1000), String(repeating: "👨‍👩‍👧‍👦", count: 100),
    ])
    func `a description holds allowed characters only, whatever was sent, and is short`(hostile: String) throws {
        let error = OAuthError.unsupportedMediaType(hostile)
        #expect(!error.description.isEmpty)
        #expect(error.description.utf8.count < 200)
        for byte in (error.description + OAuthError.invalidRequest(hostile).description).utf8 {
            #expect((0x20...0x21).contains(byte) || (0x23...0x5B).contains(byte) || (0x5D...0x7E).contains(byte))
        }
        // What is written is one JSON object, by the project's own reader.
        _ = try JSONParameters.parse(Array(error.json.utf8), known: [])
    }

    @Test(arguments: answers)
    func `what only the log may hear is not in an answer`(
        error: OAuthError,
        status: Int,
        code: String,
        description: String
    ) {
        for word in ["unknown", "wrong", "ended", "disabled", "EACCES", "ENOSPC", "EIO"] {
            #expect(!error.json.contains(word))
        }
    }
}
