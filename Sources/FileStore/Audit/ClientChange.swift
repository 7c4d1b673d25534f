/// What an administrator does to a client, by the audit's word for it.
package enum ClientChange: String, Sendable {
    /// It is made.
    case add
    /// It is made of a hash that another system kept.
    case takeOver = "import"
    /// It gets a new secret or a new key.
    case rotate
    /// It is switched off.
    case disable
    /// It is switched on.
    case enable
    /// It is taken away.
    case remove
    /// Its tokens are ended.
    case revokeTokens = "revoke_tokens"
    /// Its scope, name, token lifetime and format, audiences, authentication or right to introspect is changed.
    case set
    /// It loses scope, audiences or its right to introspect, or assertions are held to more.
    case restrict
    /// One of its secrets or keys is ended.
    case endSecret = "end_secret"
    /// Its failed authentications are forgotten.
    case forgive
    /// Something else about it.
    case other

    /// Whether it may give access that there was not before. Such a change is not made if it cannot be audited; one that
    /// takes access away always is.
    package var givesAccess: Bool {
        switch self {
        case .add, .takeOver, .rotate, .enable, .set, .forgive, .other: true
        case .disable, .remove, .revokeTokens, .restrict, .endSecret: false
        }
    }
}
