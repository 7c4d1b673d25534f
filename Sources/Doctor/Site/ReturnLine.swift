/// What a `return` answers.
struct ReturnLine: Sendable {
    /// The status; 302 for a URL alone.
    let code: Int
    let place: Finding.Place

    init(_ directive: NginxDirective) {
        code = Int(directive.value) ?? 302
        place = directive.place
    }

    /// Whether it gives nothing away: a redirect or an error.
    var isHarmless: Bool { code >= 300 || code == 0 }
}
