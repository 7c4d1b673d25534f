/// What an administrator does to a signing key, by the audit's word for it.
package enum SigningKeyChange: String, Sendable {
    /// It is made.
    case add
    /// It signs no more, at once or from a time on.
    case retire
    /// It is taken away.
    case remove
}
