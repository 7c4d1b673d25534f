/// Lines that nginx cannot read.
struct SyntaxRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let errors = site.syntaxErrors.map { error in
            Finding(
                .failure,
                "syntax-error",
                at: error.place,
                "Line \(error.place.line) \(error.reason), so nginx refuses the configuration.",
                remedy: "Run \"nginx -t\" and correct this line."
            )
        }
        if !errors.isEmpty { return errors }
        let levels = [site.http] + site.servers.flatMap { [$0.level] + $0.locations }
        return levels.flatMap(\.directives).filter(runsOn).map { line in
            Finding(
                .failure,
                "semicolon-missing",
                at: line.place,
                "\(line.name) does not end with a semicolon, so nginx refuses the configuration.",
                remedy: "Write a semicolon at the end of this line."
            )
        }
    }

    /// Whether the next directive's name is among the arguments.
    private func runsOn(_ line: NginxDirective) -> Bool {
        line.arguments.dropFirst().contains(where: Self.names.contains) && !Self.lists.contains(line.name)
    }

    private static let names: Set<String> = [
        "auth_request", "fastcgi_pass", "include", "listen", "location", "proxy_pass", "root", "server_name",
    ]
    /// Directives whose arguments may be any words.
    private static let lists: Set<String> = [
        "add_header", "if", "log_format", "return", "rewrite", "server_name", "set",
    ]
}
