/// The workers' socket in `upstream grantd`.
struct UpstreamRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        guard let upstream = site.upstream("grantd") else { return [] }
        let servers = upstream.servers.filter { !$0.arguments.contains("down") && !$0.arguments.contains("backup") }
        if servers.count > 1 {
            return [
                Finding(
                    .warning,
                    "upstream-several-servers",
                    at: servers[1].place,
                    "upstream grantd has several servers: nginx takes a lost kept connection for a failed server, and soon "
                        + "has none left.",
                    remedy: "Keep one server line: the workers of a machine share one socket."
                )
            ]
        }
        return servers.filter { server in
            let address = server.value
            let socket = address.hasPrefix("unix:") ? String(address.dropFirst("unix:".count)) : address
            let isRuntime = socket.hasPrefix("/run/") || socket.hasPrefix("/var/run/")
            return isRuntime && !["/run/grantd/grantd.sock", "/var/run/grantd/grantd.sock"].contains(socket)
                && socket.contains("grantd") || socket == address && address.hasPrefix("/")
        }.map { server in
            Finding(
                .warning,
                "socket-path",
                at: server.place,
                "upstream grantd leads to \(server.value.shownURI), but the package's socket is /run/grantd/grantd.sock.",
                remedy:
                    "Write \"server unix:/run/grantd/grantd.sock;\" unless grantd.socket was changed to listen there."
            )
        }
    }
}
