import GrantCore

/// The client as which the doctor asks.
struct LiveCredentials {
    let id: ClientID
    let secret: ClientSecret
    /// Whether the doctor made it, so that it has every scope and may fail.
    let isOwn: Bool

    /// The header by which it authenticates (RFC 6749 §2.3.1).
    var basic: WebRequest.Header { Self.basic(id.value, secret.exposedValue) }

    /// The header of an id and a secret.
    static func basic(_ id: String, _ secret: String) -> WebRequest.Header {
        let pair = "\(WebRequest.encoded(id)):\(WebRequest.encoded(secret))"
        return WebRequest.Header("Authorization", "Basic \(Base64.standard.encode(Array(pair.utf8)))")
    }
}
