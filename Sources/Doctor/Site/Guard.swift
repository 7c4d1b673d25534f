/// An `auth_request` that asks grantd's check, with the level at which it stands.
struct Guard: Sendable {
    let server: Server
    /// The location or server in which it stands.
    let level: Level
    let directive: NginxDirective
    let prefix: String
    /// What follows the check's path, as it is written.
    let scopes: String

    /// Whether a line is in what it protects: of a server only its own line, of a location all lines.
    func covers(_ place: Finding.Place?) -> Bool {
        guard let place else { return false }
        if place == directive.place { return true }
        guard level.pattern != nil, let block = level.directive, block.place.file == place.file else { return false }
        return block.place.line <= place.line && place.line <= block.lastLine
    }

    /// What it comes to, in a sentence.
    var sentence: String {
        let what = level.pattern?.description ?? "every location of \(server.name)"
        return scopes.isEmpty
            ? "\(what) needs an active token."
            : "\(what) needs a token with \(scopes.split(separator: " ").joined(separator: " and "))."
    }
}
