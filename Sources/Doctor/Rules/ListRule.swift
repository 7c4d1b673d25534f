/// Lists that a protected location needs from the levels around it.
struct ListRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.servers.flatMap { server in
            server.siteLocations.filter(site.isGuarded).flatMap { location in
                Target.all(in: location).flatMap { pass in
                    headers(location, pass.target.kind, pass.place) + parameters(location, pass.target.kind, pass.place)
                }
            }
        }
    }

    /// Headers that the site sets around the location, and that the location's own list leaves out.
    private func headers(_ location: Level, _ kind: Target.Kind, _ place: Finding.Place) -> [Finding] {
        guard kind == .proxy || kind == .grpc, let parent = location.parent else { return [] }
        let own = Set(location.own(kind.list).map { $0.value.lowercased() })
        guard own.contains("x-oauth-client-id"), let origin = parent.origin(of: kind.list) else { return [] }
        let lost = origin.own(kind.list).prefix(NginxLimits.inherited).map(\.value).filter {
            !own.contains($0.lowercased())
        }
        guard !lost.isEmpty else { return [] }
        return [
            Finding(
                .warning,
                "header-list-lost",
                at: place,
                "\(kind.list) lines above this location are replaced by those of grantd.identity.conf: "
                    + "\(lost.joined(separator: ", ")) \(lost.count == 1 ? "is" : "are") not sent.",
                remedy: "Repeat the \(kind.list) lines for \(lost.joined(separator: ", ")) in this location."
            )
        ]
    }

    /// A FastCGI application that is told the client and nothing else.
    private func parameters(_ location: Level, _ kind: Target.Kind, _ place: Finding.Place) -> [Finding] {
        guard kind != .proxy, kind != .grpc, location.own(kind.list).contains(where: { $0.value == "OAUTH_CLIENT_ID" }),
            !location.own(kind.list).contains(where: { $0.value == "REQUEST_METHOD" }),
            !location.own("include").contains(where: {
                NginxPath.name(of: $0.value).contains("_params") || NginxPath.name(of: $0.value) == "fastcgi.conf"
            })
        else { return [] }
        return [
            Finding(
                .failure,
                "parameters-lost",
                at: place,
                "\(kind.list) lines above this location are replaced by those of grantd.identity.conf, so the application "
                    + "does not get REQUEST_METHOD and the rest.",
                remedy:
                    "Write \"include \(kind.rawValue)_params;\" in this location, with the site's own \(kind.list) lines."
            )
        ]
    }
}
