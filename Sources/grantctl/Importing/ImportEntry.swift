import GrantCore

/// The result of reading one entry of another system's export.
struct ImportEntry {
    /// What is to be done with it.
    enum Outcome {
        /// It is a client, which gets these secrets.
        case client(Client, [ImportedSecret])
        /// It does not use the client credentials grant, for this reason.
        case skipped(String)
        /// It cannot be taken over, for this reason.
        case refused(String)
    }

    /// Where it is, for messages: `line 3`, `client web-app`.
    let place: String
    /// The number of its line, if the format has lines; nil otherwise.
    var line: Int?
    /// The client's id as the export has it; nil if it has none.
    var id: String?
    let outcome: Outcome
    /// What of the client could not be taken over, a sentence each.
    var notes: [String] = []
}

/// A secret of another system's client, which is hashed only when the client is made.
struct ImportedSecret {
    /// What is known of the secret.
    enum Value {
        /// Its hash, which grantd can use.
        case hash(SecretHash)
        /// The secret that a person may have chosen, at most as long as crypt(3) takes.
        case chosen(ClientSecret)
        /// A secret that was made at random.
        case random(ClientSecret)
    }

    let value: Value
    /// When it was made; nil if that is not known.
    var createdAt: Timestamp?
    /// From when on it is refused; nil if it does not expire.
    var expiresAt: Timestamp?
}
