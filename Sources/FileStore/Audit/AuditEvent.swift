import Encoding
package import GrantCore

/// Something that the audit has a line of. It holds no secret and no token.
package struct AuditEvent: Sendable {
    /// What happened.
    package let kind: Kind
    /// How it came out.
    package let outcome: Outcome
    /// Where it came from.
    package let origin: Origin
    /// The client: who it is, or who it said it was.
    package var client: ClientID?
    /// The signing key's id.
    package var key: String?
    /// The token's fingerprint, which is the same in the lines of its issue and its revocation.
    package var token: String?
    /// The scope that was granted.
    package var scope: Scope?
    /// Why it was refused, or failed.
    package var reason: String?
    /// How many requests the line stands for, if that is not one.
    package var count: Int?

    /// What the audit tells apart.
    package enum Kind: Sendable, Equatable {
        /// A token was issued.
        case issue
        /// A request was refused.
        case denial
        /// Requests were refused that have no line of their own.
        case denials
        /// A token was given back, or ended by an administrator.
        case revocation
        /// An administrator changed a client.
        case clientChange(ClientChange)
        /// An administrator changed a signing key.
        case keyChange(SigningKeyChange)
    }

    /// How it came out.
    package enum Outcome: String, Sendable {
        /// It was done.
        case success
        /// It was not to be.
        case refused
        /// It could not be done.
        case failed
    }

    /// Where it came from.
    package enum Origin: Sendable, Equatable {
        /// A request to an endpoint; address and id are the site's words.
        case request(endpoint: String, address: String?, id: String?)
        /// Requests from several places.
        case requests
        /// The administration, run by the user of this number.
        case administration(user: UInt32)
    }

    /// Describes an event.
    package init(_ kind: Kind, _ outcome: Outcome, from origin: Origin, client: ClientID?) {
        self.kind = kind
        self.outcome = outcome
        self.origin = origin
        self.client = client
    }

    /// The longest text that comes from elsewhere, in characters.
    private static let longestText = 500

    /// The line, with its newline: a JSON object, its members in a fixed order.
    func line(at time: Timestamp) -> [UInt8] {
        var object = JSONObject()
        object.add("time", UTCTime(time).description)
        object.add("event", kind.name)
        if let change = kind.change { object.add("change", change) }
        object.add("outcome", outcome.rawValue)
        if let client { object.add("client", client.value) }
        if let key { object.add("key", key) }
        switch origin {
        case .request(let endpoint, let address, let id):
            object.add("endpoint", endpoint)
            if let address { object.add("address", Self.cut(address)) }
            if let id { object.add("request", Self.cut(id)) }
        case .requests: break
        case .administration(let user):
            object.add("endpoint", "grantctl")
            object.add("uid", Int64(user))
        }
        if let token { object.add("token", token) }
        if let scope, !scope.isEmpty { object.add("scope", scope.description) }
        if let reason { object.add("reason", Self.cut(reason)) }
        if let count { object.add("count", Int64(count)) }
        return Array((object.text + "\n").utf8)
    }

    private static func cut(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestText)))
    }
}

extension AuditEvent.Kind {
    fileprivate var name: String {
        switch self {
        case .issue: "issue"
        case .denial: "denial"
        case .denials: "denials"
        case .revocation: "revocation"
        case .clientChange: "client_change"
        case .keyChange: "key_change"
        }
    }

    /// What was done to a client or a key; nil for all else.
    fileprivate var change: String? {
        switch self {
        case .clientChange(let change): change.rawValue
        case .keyChange(let change): change.rawValue
        case .issue, .denial, .denials, .revocation: nil
        }
    }
}
