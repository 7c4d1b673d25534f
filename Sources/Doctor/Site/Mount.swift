/// Where grantd.server.conf is in a server: recognised by what it holds, under any prefix.
struct Mount: Sendable {
    /// The path without its slashes at both ends, as in `oauth2` or `api/v1/auth`.
    let prefix: String
    /// The location of the endpoints; nil if the file could not be read or was changed so much that it has none.
    let endpoints: Level?
    /// The location of the check; nil if the file could not be read.
    let check: Level?
    /// The location in which other proxies ask over HTTP; nil if the file could not be read, or is an older one.
    let question: Level?
    /// The prefix of the check's location: the same, unless only some of the lines were changed.
    let checkPrefix: String
    /// The line of the site that includes it, or where it starts if it was copied into the site.
    let place: Finding.Place

    /// Whether the prefix was written with a slash of its own, so that no request has the path.
    var hasTwoSlashes: Bool { endpoints?.pattern?.text.hasPrefix("//") ?? false }

    /// Whether a location is one of the file's.
    func contains(_ location: Level) -> Bool {
        if location === endpoints || location === check { return true }
        guard let pattern = location.pattern else { return false }
        switch pattern.kind {
        case .named: return pattern.text == "@grantd_error" || pattern.text == "@grantd_denied"
        case .exact:
            return Self.isQuestion(location) || pattern.text == "\(checkPrefix)-preflight"
                || pattern.text == "\(prefix)-preflight"
                || pattern.text.hasPrefix("/.well-known/oauth-authorization-server/")
        default: return false
        }
    }

    /// The mounts among a server's own locations and its includes that could not be read.
    static func all(in server: Level, locations: [Level]) -> [Mount] {
        let endpoints = locations.filter(isEndpoints)
        let checks = locations.filter(isCheck)
        let questions = locations.filter(isQuestion)
        var mounts: [Mount] = []
        for index in 0..<max(endpoints.count, checks.count) {
            let endpoint = index < endpoints.count ? endpoints[index] : nil
            let check = index < checks.count ? checks[index] : nil
            let prefix = endpoint?.pattern.map { trimmed($0.text) }
            let checkPrefix = check?.pattern.map { String($0.text.dropLast("-check/".count)) }
            guard let either = endpoint ?? check, let place = either.directive?.via ?? either.place else { continue }
            mounts.append(
                Mount(
                    prefix: prefix ?? checkPrefix ?? "",
                    endpoints: endpoint,
                    check: check,
                    question: index < questions.count ? questions[index] : nil,
                    checkPrefix: checkPrefix ?? prefix ?? "",
                    place: place
                )
            )
        }
        for include in server.own("include") where NginxPath.name(of: include.value) == "grantd.server.conf" {
            mounts.append(
                Mount(
                    prefix: "oauth2",
                    endpoints: nil,
                    check: nil,
                    question: nil,
                    checkPrefix: "oauth2",
                    place: include.place
                )
            )
        }
        return mounts
    }

    /// Only the shipped file tells grantd who may see its counters.
    private static func isEndpoints(_ location: Level) -> Bool {
        guard location.pattern?.kind == .prefixWithoutExpressions else { return false }
        return location.own("fastcgi_param").contains { $0.value == "GRANTD_MONITORING" }
    }

    private static func isCheck(_ location: Level) -> Bool {
        guard let pattern = location.pattern, pattern.text.hasSuffix("-check/"), !pattern.text.hasPrefix("/") else {
            return false
        }
        return location.own("fastcgi_param").contains { $0.value == "OAUTH_REQUIRE_SCOPE" }
    }

    /// Where other proxies ask over HTTP: only the shipped file tells grantd the URL that they hold.
    static func isQuestion(_ location: Level) -> Bool {
        guard let pattern = location.pattern, pattern.kind == .exact, pattern.text.hasSuffix("/check") else {
            return false
        }
        return location.own("fastcgi_param").contains { $0.value == "HTTP_X_ORIGINAL_URL" }
    }

    private static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
