/// The URI of `auth_request`: spelt as the mount spells it, without a slash at its start, in quotes, outside of conditions.
struct CheckSpellingRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.checks.compactMap { check in spelling(check.directive, check.uri, check.server, site) }
            + site.servers.flatMap { server in
                ([server.level] + server.siteLocations).flatMap { $0.conditions + $0.own("limit_except") }.flatMap {
                    condition in
                    (condition.block ?? []).filter { $0.name == "auth_request" }.map(inCondition)
                }
            }
    }

    private func spelling(_ directive: NginxDirective, _ uri: CheckURI, _ server: Server, _ site: Site) -> Finding? {
        // The whole mount is misspelt, which is one fault.
        if let mount = server.mount, mount.hasTwoSlashes { return nil }
        let prefix = server.mount?.checkPrefix ?? "oauth2"
        if directive.arguments.count > 1, uri != .other {
            let scopes = scopes(in: directive.arguments.joined(separator: " "))
            return Finding(
                .failure,
                "check-unquoted",
                at: directive.place,
                "auth_request has several words without quotes, so nginx refuses the configuration.",
                remedy: "Write auth_request \"\(prefix)-check/\(scopes)\";"
            )
        }
        switch uri {
        case .withSlash(let path):
            return Finding(
                .failure,
                "check-with-slash",
                at: directive.place,
                "auth_request asks \(path.shownURI), with a slash at its start: a path of the site, \(answered(path, server)).",
                remedy: "Write auth_request \"\(prefix)-check/\(scopes(in: path))\"; without the slash."
            )
        case .misspelt(let path):
            return Finding(
                .failure,
                "check-misspelt",
                at: directive.place,
                "auth_request asks \(path.shownURI), which is not grantd's check, \(answered(path, server)).",
                remedy: "Write auth_request \"\(prefix)-check/\(scopes(in: path))\";"
            )
        case .check, .other: return nil
        }
    }

    /// What comes of a wrong URI, as the end of a sentence.
    private func answered(_ path: String, _ server: Server) -> String {
        guard case .location(let location) = server.answerer(of: path.withoutQuery),
            let pattern = location.pattern
        else { return "so every request gets 500" }
        return "so \(pattern.description) decides who passes"
    }

    /// The scopes that a wrong URI asks for, as far as they can be shown: nothing of a query or a URL.
    private func scopes(in path: String) -> String {
        guard path.firstRange(of: "://") == nil else { return "SCOPES" }
        // Quotation marks of a word processor are not part of it.
        let ascii = path.withoutQuery.unicodeScalars.filter {
            $0.isASCII && $0.value >= 0x20 && !"\"\\".unicodeScalars.contains($0)
        }
        let plain = String(String.UnicodeScalarView(ascii))
        let behind = plain.firstRange(of: "-check/").map { plain[$0.upperBound...] }
        let words = behind ?? plain.split(separator: "/").dropFirst().joined(separator: "/")[...]
        return words.isEmpty || words == "check" || words.hasPrefix("check/") ? "SCOPES" : String(words)
    }

    private func inCondition(_ directive: NginxDirective) -> Finding {
        Finding(
            .failure,
            "check-inside-if",
            at: directive.place,
            "auth_request stands within a condition, so nginx refuses the configuration.",
            remedy: "Move it into the location itself. Give paths that need no token a location of their own."
        )
    }
}
