/// Who is believed about a caller's address and TLS.
struct BalancerRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let everyone = trusted(site)
        return everyone + (everyone.isEmpty ? words(site) : [])
    }

    /// Networks from which the caller's address is believed.
    private func trusted(_ site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return relevant(site).flatMap { $0.level.effective("set_real_ip_from") }.filter { line in
            AddressRange.isEveryone(line.value) && seen.insert(line.place).inserted
        }.map { line in
            Finding(
                .failure,
                "realip-trusts-everyone",
                at: line.place,
                "set_real_ip_from believes every caller about its own address, so limits and local access can be forged.",
                remedy: "Name the load balancer's address or network alone, such as \"set_real_ip_from 10.0.0.5;\"."
            )
        }
    }

    private func words(_ site: Site) -> [Finding] {
        guard let map = site.map(of: "$grantd_https") else { return [] }
        if let assumed = map.entries.first(where: {
            $0.name == "default" && !$0.value.isEmpty && !$0.value.hasPrefix("$")
        }) {
            return [
                Finding(
                    .failure,
                    "tls-assumed",
                    at: assumed.place,
                    "grantd is told that every request came over TLS, so secrets and tokens may come in clear.",
                    remedy: "Write \"default $https;\", and a line for the load balancer's address if there is one."
                )
            ]
        }
        let asksHeader = map.source.contains("$http_")
        if asksHeader, !map.source.contains("addr"), !map.source.contains("$grantd") {
            return [
                Finding(
                    .failure,
                    "forwarded-proto-trusted",
                    at: map.place,
                    "The map of $grantd_https believes every caller that its request came over TLS.",
                    remedy:
                        "Write map \"$realip_remote_addr $http_x_forwarded_proto\" $grantd_https with the balancer's "
                        + "address, as grantd.http.conf shows."
                )
            ]
        }
        return site.mounting.compactMap { server in
            guard let mount = server.mount else { return nil }
            let realip = server.level.setting("set_real_ip_from")
            if server.listens.contains(where: \.hasProxyProtocol),
                realip == nil || server.level.setting("real_ip_header")?.value != "proxy_protocol"
            {
                return Finding(
                    .warning,
                    "realip-missing",
                    at: mount.place,
                    "\(server.name) gets callers' addresses in the PROXY protocol but does not use them, so all callers share "
                        + "one address.",
                    remedy:
                        "Write \"set_real_ip_from ADDRESS; real_ip_header proxy_protocol;\" with the balancer's address."
                )
            }
            if asksHeader, let realip, let other = otherAddress(map, server) {
                return Finding(
                    .warning,
                    "balancer-address-differs",
                    at: other.place,
                    "The map of $grantd_https believes \(Self.shown(other.name)), but \(server.name) takes callers' "
                        + "addresses from \(Self.shown(realip.value)).",
                    remedy: "Write the load balancer's address in both."
                )
            }
            if asksHeader {
                guard realip == nil, !server.listens.contains(where: \.hasProxyProtocol) else { return nil }
                return Finding(
                    .warning,
                    "realip-missing",
                    at: mount.place,
                    "\(server.name) is behind a load balancer without set_real_ip_from, so all callers share its address.",
                    remedy:
                        "Write \"set_real_ip_from ADDRESS; real_ip_header X-Forwarded-For;\" with the balancer's address."
                )
            }
            guard let realip, map.source == "$https", !server.listens.isEmpty,
                !server.listens.contains(where: \.isSecure)
            else { return nil }
            return Finding(
                .warning,
                "balancer-tls-untold",
                at: realip.place,
                "\(server.name) is behind a load balancer, but grantd is not told which requests came over TLS, and refuses "
                    + "those from outside.",
                remedy:
                    "In grantd.http.conf, replace the map of $grantd_https by the one above it, with the balancer's address."
            )
        }
    }

    /// A line of the map whose address no set_real_ip_from names; nil if there are networks, which are not compared.
    private func otherAddress(_ map: VariableMap, _ server: Server) -> NginxDirective? {
        let trusted = server.level.effective("set_real_ip_from").map(\.value)
        guard map.source.hasPrefix("$realip_remote_addr "), !trusted.contains(where: { $0.contains("/") }) else {
            return nil
        }
        return map.entries.first { entry in
            guard entry.name != "default", !entry.name.hasPrefix("~") else { return false }
            return !trusted.contains { entry.name.hasPrefix("\($0) ") }
        }
    }

    /// The address with which a text begins; a text that is none may hold anything.
    private static func shown(_ text: String) -> String {
        let word = text.prefix { $0 != " " }
        return word.utf8.allSatisfy { ByteSet.addresses.contains($0) } ? String(word) : "another address"
    }

    private func relevant(_ site: Site) -> [Server] {
        site.servers.filter { $0.mount != nil || !site.guards(of: $0).isEmpty }
    }
}
