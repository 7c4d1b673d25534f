/// snippets/grantd.d is for switching modules off, not for changing grantd's answers.
struct HookRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.mounting.flatMap { server in
            server.locations.filter(server.isOurs).flatMap(\.directives)
        }.filter { line in
            changes(line) && line.place.file.contains("/grantd.d/") && seen.insert(line.place).inserted
        }.map { line in
            Finding(
                .warning,
                "hook-changes-answers",
                at: line.place,
                "\(line.name) in grantd.d changes grantd's own answers.",
                remedy: "Delete this line: grantd.d is for lines that switch a module off."
            )
        }
    }

    private func changes(_ line: NginxDirective) -> Bool {
        if line.arguments == ["off"] { return false }
        return Self.names.contains(line.name) || line.name.contains("_by_lua")
    }

    private static let names: Set<String> = [
        "add_after_body", "add_before_body", "allow", "error_page", "more_clear_headers", "more_set_headers", "return",
        "rewrite", "sub_filter", "subs_filter",
    ]
}
