/// Secrets and tokens do not cross a network in clear.
struct PlainHTTPRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.compactMap { server in
            guard !server.listens.contains(where: { $0.isSecure || $0.hasProxyProtocol }),
                server.level.setting("set_real_ip_from") == nil,
                site.map(of: "$grantd_https").map({ $0.source == "$https" }) ?? true,
                let listen = server.listens.first(where: \.isPublic)
            else { return nil }
            return Finding(
                .warning,
                "mount-without-tls",
                at: listen.place,
                "\(server.name) mounts grantd on a listener without TLS, so grantd refuses callers from outside.",
                remedy: "Mount it in the server {} that has \"listen 443 ssl;\", and redirect this one there."
            )
        }
    }
}
