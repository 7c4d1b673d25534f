import GrantCore

/// What makes a secret that a person chose easy to guess.
enum SecretWeakness {
    /// Shorter secrets are warned of.
    static let shortestGood = 16
    /// Secrets of fewer different characters are warned of.
    static let leastVariety = 6

    /// A sentence that says what is weak, and nothing else of the secret; nil if nothing is.
    static func of(_ secret: ClientSecret) -> String? {
        let characters = secret.exposedValue.unicodeScalars
        let fault =
            characters.count < shortestGood
            ? "has fewer than \(shortestGood) characters"
            : Set(characters).count < leastVariety ? "has only a few different characters" : nil
        return fault.map {
            "the secret \($0) and may be guessed; without --secret-stdin, grantctl generates one of 256 random bits"
        }
    }
}
