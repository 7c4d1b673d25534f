extension Site {
    /// Whether grantd's check, rightly spelt, is what counts at a level.
    func isGuarded(_ level: Level) -> Bool {
        guard let directive = level.setting("auth_request") else { return false }
        if case .check? = questions[directive.value] { return true }
        return false
    }

    /// The servers and locations, of the site's own, whose requests grantd checks.
    var guardedLevels: [Level] {
        servers.flatMap { server in ([server.level] + server.siteLocations).filter(isGuarded) }
    }
}
