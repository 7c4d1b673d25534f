/// No other server leads to a protected path's application without a check.
struct OpenServerRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.openServers.map { open in
            let what = open.protected.pattern?.description ?? ""
            let name = Self.name(of: open.server)
            return Finding(
                open.isSameHost ? .failure : .warning,
                "open-on-other-server",
                at: open.place,
                "\(name) leads to the application of \(what) of \(open.protecting.name) without a token.",
                remedy: open.isSameHost
                    ? "Write \"return 301 https://$host$request_uri;\" in this server {}, or protect the path here too."
                    : "Protect the path here too; if the application needs no token here, write \"auth_request off;\"."
            )
        }
    }

    /// A server by its name and its first listener, since several may have one name.
    private static func name(of server: Server) -> String {
        let name = server.names.first { $0 != "_" } ?? "The server for other names"
        return name + (server.listens.first.map { " (listen \($0.address))" } ?? "")
    }
}
