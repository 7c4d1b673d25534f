extension Site {
    /// The prefixes of all mounts.
    var prefixes: Set<String> { Set(servers.flatMap { $0.mounts.flatMap { [$0.prefix, $0.checkPrefix] } }) }

    /// Every `auth_request` at the level of a server or a location of the site's own, with what it asks.
    var checks: [(server: Server, level: Level, directive: NginxDirective, uri: CheckURI)] {
        let prefixes = prefixes
        return servers.flatMap { server in
            ([server.level] + server.siteLocations).flatMap { level in
                level.own("auth_request").map { (server, level, $0, CheckURI($0.value, prefixes: prefixes)) }
            }
        }
    }

    /// Those of them that ask grantd in the right way.
    var guards: [Guard] {
        checks.compactMap { check in
            guard case .check(let prefix, let scopes) = check.uri else { return nil }
            return Guard(
                server: check.server,
                level: check.level,
                directive: check.directive,
                prefix: prefix,
                scopes: scopes
            )
        }
    }

    /// Whether a location's requests are checked by grantd, in whatever way that is spelt.
    func isProtected(_ level: Level) -> Bool {
        guard let directive = level.setting("auth_request") else { return false }
        return CheckURI(directive.value, prefixes: prefixes) != .other
    }

    /// The path of the workers' socket as a mount has it.
    func socketPath(of mount: Mount) -> String? {
        guard let pass = mount.endpoints?.setting("fastcgi_pass") ?? mount.check?.setting("fastcgi_pass") else {
            return nil
        }
        let address = upstream(pass.value)?.servers.first?.value ?? pass.value
        return address.hasPrefix("unix:") ? String(address.dropFirst("unix:".count)) : nil
    }
}
