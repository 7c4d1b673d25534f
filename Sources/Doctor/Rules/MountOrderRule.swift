/// The mount before the site's rewrites, returns and conditions.
struct MountOrderRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.compactMap { server in
            guard let mount = server.mount else { return nil }
            let directives = server.level.directives
            guard let end = directives.firstIndex(where: { $0.isMountGate || isUnread($0) }) else {
                return Finding(
                    .failure,
                    "mount-gate-missing",
                    at: mount.place,
                    "The mount of \(server.name) lacks the condition that keeps the site's rewrites from its paths.",
                    remedy:
                        "Write \"if ($grantd_path) { break; }\" at the top of server {}, or include the shipped file."
                )
            }
            guard let above = directives[..<end].first(where: { takes($0, mount) }) else { return nil }
            return Finding(
                .failure,
                "rewrite-above-mount",
                at: above.place,
                "\(above.name) stands above the mount of \(server.name), so it takes grantd's own requests and checks.",
                remedy: "Move \"include snippets/grantd.server.conf;\" (\(mount.place)) above this line."
            )
        }
    }

    private func isUnread(_ directive: NginxDirective) -> Bool {
        directive.name == "include" && NginxPath.name(of: directive.value) == "grantd.server.conf"
    }

    /// Whether a directive answers or changes a request of grantd's. A condition that refuses is meant for grantd as well.
    private func takes(_ directive: NginxDirective, _ mount: Mount) -> Bool {
        switch directive.name {
        case "return": return true
        case "rewrite":
            let paths = ["/\(mount.prefix)/token", "\(mount.checkPrefix)-check/read"]
            return paths.contains { PathExpression(directive.value)?.matches($0) == true }
        case "if":
            let block = directive.block ?? []
            if block.contains(where: { $0.name == "rewrite" && takes($0, mount) }) { return true }
            let returns = block.filter { $0.name == "return" }.map { ReturnLine($0).code }
            if directive.arguments.first == "($request_method" { return !returns.isEmpty }
            return returns.contains { $0 < 400 }
        default: return false
        }
    }
}
