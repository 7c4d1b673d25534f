/// A token is needed beside the site's other rules, not in place of them.
struct SatisfyRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.guardedLevels.flatMap { level in any(level) + password(level) }.filter { finding in
            finding.place.map { seen.insert($0).inserted } ?? true
        }
    }

    private func any(_ level: Level) -> [Finding] {
        guard let satisfy = level.setting("satisfy"), satisfy.value == "any" else { return [] }
        let allowed = level.accessRules.filter { $0.name == "allow" }
        guard !allowed.isEmpty || level.setting("auth_basic").map({ $0.value != "off" }) ?? false else { return [] }
        return [
            Finding(
                .failure,
                "satisfy-any",
                at: satisfy.place,
                "satisfy any lets requests pass without a token if an address or a password is right.",
                remedy: "Delete this line: grantd.client.conf has \"satisfy all;\"."
            )
        ]
    }

    private func password(_ level: Level) -> [Finding] {
        guard let basic = level.setting("auth_basic"), basic.value != "off", level.hasClientPart,
            !level.hasUnreadClientPart, level.setting("satisfy")?.value != "any"
        else { return [] }
        return [
            Finding(
                .failure,
                "password-beside-token",
                at: basic.place,
                "auth_basic wants a password in the Authorization header, where the token has to be, so nothing passes.",
                remedy: "Write \"auth_basic off;\" in the location that needs a token."
            )
        ]
    }
}
