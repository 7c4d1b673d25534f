/// One `error_page` line.
struct ErrorPage: Sendable {
    let codes: [Int]
    /// What follows the equal sign: empty for `=` alone, nil without one.
    let response: String?
    /// The page's path, the named location, or a URL.
    let target: String
    let place: Finding.Place

    init(_ directive: NginxDirective) {
        var words = directive.arguments
        target = words.popLast() ?? ""
        if let last = words.last, last.hasPrefix("=") {
            response = String(last.dropFirst())
            words.removeLast()
        } else {
            response = nil
        }
        codes = words.compactMap { Int($0) }
        place = directive.place
    }

    /// Whether a status becomes a success.
    var isSuccess: Bool { response?.hasPrefix("2") ?? false }

    /// Whether the page is grantd's own.
    var isDenial: Bool { target == "@grantd_denied" }

    /// The first line for a status that counts at a level, as nginx takes it.
    static func first(for code: Int, at level: Level) -> ErrorPage? {
        level.errorPages.first { $0.codes.contains(code) }
    }
}
