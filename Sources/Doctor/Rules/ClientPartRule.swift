/// grantd.client.conf beside each `auth_request`, or around it.
struct ClientPartRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.guards.filter { !$0.level.hasClientPart }.map { guarding in
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
}
