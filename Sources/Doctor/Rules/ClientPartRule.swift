/// grantd.client.conf beside each `auth_request`, or around it.
struct ClientPartRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        replaced(site)
            + site.guards.filter { !$0.level.hasClientPart && !isReplaced($0.level) }.map { guarding in
                Finding(
                    .failure,
                    "client-part-missing",
                    at: guarding.directive.place,
                    "grantd.client.conf is not included beside this auth_request, so the application is not told the client, "
                        + "and denials have no explanation.",
                    remedy: "Write \"include snippets/grantd.client.conf;\" on the next line."
                )
            }
    }

    /// Whether a level's own list takes the place of the one of grantd.client.conf around it.
    private func isReplaced(_ level: Level) -> Bool {
        !level.hasClientPart && !level.own("auth_request_set").isEmpty && level.parent?.hasClientPart == true
    }

    private func replaced(_ site: Site) -> [Finding] {
        site.guardedLevels.filter(isReplaced).map { level in
            Finding(
                .failure,
                "client-part-replaced",
                at: level.own("auth_request_set").first?.place,
                "auth_request_set replaces the list of grantd.client.conf around it, so the application is not told the client.",
                remedy: "Write \"include snippets/grantd.client.conf;\" in this location too."
            )
        }
    }
}
