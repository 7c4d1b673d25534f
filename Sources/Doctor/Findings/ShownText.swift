/// What a finding may repeat of a configuration.
extension String {
    /// A URI without what may be secret: its query and its credentials.
    var shownURI: String {
        // A password may hold a ? and a query an @. Where both stand, which of them the rest belongs to cannot be told.
        if let scheme = firstRange(of: "://"), let at = lastIndex(of: "@"), let mark = firstIndex(of: "?"), mark < at {
            return self[..<scheme.upperBound] + "…"
        }
        return withoutCredentials.withoutQuery
    }

    /// A text without what stands between the first `://` and the last `@`: a password, which may hold any character.
    package var withoutCredentials: String {
        guard let scheme = firstRange(of: "://"), let at = lastIndex(of: "@"), at >= scheme.upperBound else {
            return self
        }
        return self[..<scheme.upperBound] + "…" + self[at...]
    }

    /// A URI without its query, which may hold anything.
    var withoutQuery: String { String(prefix { $0 != "?" }) }

    /// Whether it means itself in a command that a person copies into a shell: letters, digits, `.`, `_`, `/` and `-`.
    package var isPlainPath: Bool {
        !isEmpty && !hasPrefix("-")
            && utf8.allSatisfy { ByteSet.letters.contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F }
    }
}
