/// What the names of refusals and decisions mean for the administrator, and what to do about them.
enum Explanations {
    /// Why an endpoint refuses, by the refusal's reason.
    static let refusals: [String: String] = [
        "malformed":
            "The form or the JSON object is malformed, or a parameter is missing or repeated: correct the caller.",
        "method_not_allowed": "The request has the wrong method, such as GET for a token: the caller must use POST.",
        "insecure_transport":
            "Credentials came without TLS: the caller must use the https URL. If a proxy terminates TLS, see grantd.http.conf.",
        "not_found": "No endpoint has this path: compare the caller's URL with the mount in nginx.",
        "body_too_large":
            "The body is larger than GRANTD_BODY_LIMIT; an ordinary token request has a few hundred bytes.",
        "unsupported_media_type": "The Content-Type is neither a form nor JSON: correct the caller.",
        "unsupported_content_encoding": "The body is compressed: the caller must send it uncompressed.",
        "no_credentials": "The request has no client id and secret: the caller must send them.",
        "unsupported_scheme":
            "The Authorization header is not Basic: the caller must use Basic, or send id and secret in the body.",
        "unknown_client":
            "No client has this id: a misspelt or removed client, or someone guesses ids. The log has the address.",
        "wrong_secret":
            "The secret is not the client's: the caller has an old or mistyped one, or someone guesses. The log has the address.",
        "expired_secret": "The secret was the client's and has expired: give the caller the current one.",
        "disabled_client": "The client is disabled: stop the caller, or run grantctl client enable.",
        "other_method": "The client's file names another token_endpoint_auth_method: change the file or the caller.",
        "grant_not_allowed":
            "The client's grant_types do not include client_credentials: change its file if they should.",
        "unsupported_grant_type":
            "The caller asked for another grant_type than client_credentials, which is the only one.",
        "invalid_scope":
            "The client asked for a scope that it does not have: change the client's scope or the request.",
        "invalid_assertion":
            "A client's signed assertion did not fit its registration, or its signature is wrong: the log says which check failed.",
        "used_assertion":
            "A client sent the same assertion twice: it has to make a new one, with a new jti, for each request.",
        "invalid_target":
            "The client asked for a resource or audience that its file does not list: change its audiences or the request.",
        "too_many_failures":
            "The client failed too often from that address and must wait (429): see who is locked out.",
        "too_busy": "Too many requests wait for slow hashes: give busy clients generated secrets, which need none.",
        "hash_failed": "A slow hash could not be computed, usually for want of memory: the log says why.",
        "not_yet_valid": "The client's not_before lies in the future: correct its file or the machine's clock.",
        "storage_full": "The disk or the engine is full: free some space. Tokens that were issued remain active.",
        "storage_unavailable": "The state directory or the engine cannot be used: the log and grantd --check say why.",
        "storage_failed":
            "A sync failed or the state directory was replaced, and the worker exited: check the disk and the log.",
        "unaudited":
            "The audit cannot be written, so nothing is granted: check the disk and the permissions of GRANTD_AUDIT.",
        "not_local":
            "A request for /metrics or /status came from another machine: only this one may ask; use an SSH tunnel.",
    ]

    /// What became of a request to the site, by the check's decision.
    static let decisions: [String: String] = [
        "allowed": "The token is active and has the scopes: the request passed.",
        "no_credentials": "The request carries no bearer token.",
        "malformed_request":
            "The Authorization header is not Bearer and one token, or the query of a check over HTTP is malformed.",
        "insecure_transport":
            "The token came without TLS, so others may have read it: the caller must use the https URL and get a new token.",
        "invalid_token": "The token is unknown, expired or revoked, or its client is disabled or removed.",
        "other_audience":
            "The token is active and for another service: compare its audience and $oauth_audience of the location.",
        "insufficient_scope": "The token is active and lacks a scope that the location asks for.",
        "misconfigured":
            "The site's configuration names no scope or an invalid one: correct its auth_request; the log says more.",
        "unavailable": "Tokens or clients could not be read, so the request was denied: the log says why.",
    ]

    /// The reasons for which the caller is not to blame.
    static let ownFaults: Set<String> = [
        "too_busy", "hash_failed", "storage_full", "storage_unavailable", "storage_failed", "unaudited",
    ]

    /// The decisions for which the caller is not to blame.
    static let ownDecisions: Set<String> = ["misconfigured", "unavailable"]
}
