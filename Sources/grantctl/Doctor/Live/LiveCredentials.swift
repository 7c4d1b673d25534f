import GrantCore

/// The client as which the doctor asks.
struct LiveCredentials {
    let id: ClientID
    let secret: ClientSecret
    /// Whether the doctor made it, so that it has every scope and may fail.
    let isOwn: Bool

    /// The header by which it authenticates (RFC 6749 §2.3.1).
    var basic: HTTPRequest.Header { HTTPRequest.basic(id.value, secret.exposedValue) }
}
