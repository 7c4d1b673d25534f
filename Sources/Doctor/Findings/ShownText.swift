/// What a finding may repeat of a configuration.
extension String {
    /// A URI without what may be secret: its query, and what stands between `://` and the last `@`.
    var shownURI: String {
        guard let scheme = firstRange(of: "://") else { return withoutQuery }
        guard let at = lastIndex(of: "@"), at >= scheme.upperBound else { return withoutQuery }
        return self[..<scheme.upperBound] + "…" + String(self[at...]).withoutQuery
    }

    /// A URI without its query, which may hold anything.
    var withoutQuery: String { String(prefix { $0 != "?" }) }

    /// Whether it means itself in a command that a person copies into a shell: letters, digits, `.`, `_`, `/` and `-`.
    package var isPlainPath: Bool {
        !isEmpty && !hasPrefix("-")
            && utf8.allSatisfy { ByteSet.letters.contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F }
    }
}
