/// A JWT by which a client authenticates, as a request presents it (RFC 7521 §4.2, RFC 7523 §2.2).
struct ClientAssertion: Sendable {
    /// The only `client_assertion_type` that is taken (RFC 7523 §2.2).
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// The JWT, unread.
    let text: String
    /// The request's `client_id`, if it has one.
    let clientID: String?

    /// The client that the request names; nil if it names none, or one that cannot be.
    var claimedClient: ClientID? { clientID.flatMap(ClientID.init) }
}
