/// SSI: what a page includes is served without a check.
struct InclusionRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.servers.filter { server in site.guards(of: server).contains { $0.level.pattern != nil } }.flatMap {
            server in
            ([server.level] + server.siteLocations).filter { !site.isProtected($0) && !$0.isHarmless }
                .compactMap { $0.setting("ssi") }
        }.filter { $0.value == "on" && seen.insert($0.place).inserted }.map { line in
            Finding(
                .warning,
                "ssi-reaches-protected",
                at: line.place,
                "ssi on lets pages include protected paths, which nginx does not check then.",
                remedy: "Write \"ssi off;\", unless only trusted people write these pages."
            )
        }
    }
}
