/// grantd.identity.conf wherever a request may reach an application that believes it.
struct IdentityRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let protected = site.servers.flatMap { server in
            server.siteLocations.filter(site.isGuarded).map { (server: server, location: $0) }
        }
        var seen: Set<Finding.Place> = []
        let missing = protected.flatMap { item in
            Target.all(in: item.location).filter { !item.location.tellsIdentity($0.target.kind) }.map { pass in
                self.missing(item.location, pass.target, pass.place)
            }
        }
        let elsewhere = redirects(protected) + sameApplication(site, protected)
        return (missing + elsewhere + forgeable(site)).filter { finding in
            finding.place.map { seen.insert($0).inserted } ?? true
        }
    }

    private func missing(_ location: Level, _ target: Target, _ place: Finding.Place) -> Finding {
        let isLost = location.parent?.tellsIdentity(target.kind) ?? false
        let why =
            isLost
            ? "has a \(target.kind.list) of its own, which replaces the one of grantd.identity.conf around it"
            : "does not include grantd.identity.conf"
        return Finding(
            .failure,
            "identity-missing",
            at: place,
            "\(location.pattern?.description ?? "The location") \(why), so the application is not told the client "
                + "and takes a caller's own word for it.",
            remedy: "Write \"include snippets/grantd.identity.conf;\" in this location."
        )
    }

    /// Where requests go on within nginx after they were checked.
    private func redirects(_ protected: [(server: Server, location: Level)]) -> [Finding] {
        protected.flatMap { server, location in
            InternalRedirect.targets(of: location, in: server).flatMap { level in
                elsewhere(level, Target.all(in: level), "a front controller of \(location.pattern?.description ?? "")")
            }
        }
    }

    /// Other locations that lead to an application which is told the client.
    private func sameApplication(_ site: Site, _ protected: [(server: Server, location: Level)]) -> [Finding] {
        var told: [String: [(server: Server, level: Level)]] = [:]
        for (server, location) in protected {
            let levels = [location] + InternalRedirect.targets(of: location, in: server)
            for level in levels {
                for pass in Target.all(in: level) where level.tellsIdentity(pass.target.kind) {
                    for address in site.addresses(of: pass.target, at: level) {
                        told[address, default: []].append((server, level))
                    }
                }
            }
        }
        // A server that is open has that as its one fault.
        let open = site.openServers.map(\.server.level)
        return site.servers.filter { server in !open.contains { $0 === server.level } }.flatMap { server in
            server.siteLocations.filter { !site.isGuarded($0) && !isRefusing($0) }.flatMap { location in
                let passes = Target.all(in: location).filter { pass in
                    // What listens within this machine alone has other callers than a server that all may reach.
                    let others = site.addresses(of: pass.target, at: location).flatMap { told[$0] ?? [] }
                        .filter { $0.server.isInternal || !server.isInternal }
                    guard !others.isEmpty else { return false }
                    // One socket of PHP runs the scripts of many sites.
                    return pass.target.kind == .proxy || pass.target.kind == .grpc
                        || others.contains { $0.server.level === server.level && !runOthers(location, $0.level) }
                }
                return elsewhere(location, passes, "another way to an application of a protected location")
            }
        }
    }

    /// Whether two locations each run one script, and not the same.
    private func runOthers(_ left: Level, _ right: Level) -> Bool {
        let scripts = [left, right].map { level in
            level.effective("fastcgi_param").last { $0.value == "SCRIPT_FILENAME" }?.arguments.last ?? "$"
        }
        return scripts[0] != scripts[1] && !scripts.contains { $0.contains("$") }
    }

    private func isRefusing(_ location: Level) -> Bool { location.isHarmless && location.own("internal").isEmpty }

    private func elsewhere(
        _ level: Level,
        _ passes: [(target: Target, place: Finding.Place)],
        _ what: String
    ) -> [Finding] {
        passes.filter { !level.tellsIdentity($0.target.kind) }.map { pass in
            Finding(
                .failure,
                "identity-missing-elsewhere",
                at: pass.place,
                "\(level.pattern?.description ?? "This") is \(what), but does not include grantd.identity.conf, "
                    + "so a caller's own X-OAuth-Client-Id arrives there.",
                remedy: "Write \"include snippets/grantd.identity.conf;\" in this location."
            )
        }
    }

    /// Lists that hand on what the caller says.
    private func forgeable(_ site: Site) -> [Finding] {
        let lists = Set(Target.Kind.allCases.map(\.list))
        return site.servers.flatMap { server in
            ([server.level] + server.siteLocations).flatMap { level in
                level.directives.filter { line in
                    guard lists.contains(line.name), line.arguments.count > 1 else { return false }
                    let name = line.value.lowercased().replacingDashes
                    return name.hasSuffix("oauth_client_id") && line.arguments[1].contains("$http_x_oauth_")
                }.map { line in
                    Finding(
                        .failure,
                        "identity-forgeable",
                        at: line.place,
                        "\(line.name) takes the client from the caller's own header, so any caller can be any client.",
                        remedy:
                            "Delete this line, and write \"include snippets/grantd.identity.conf;\" in the location."
                    )
                }
            }
        }
    }
}

extension String {
    /// With `_` for each `-`.
    fileprivate var replacingDashes: String { String(map { $0 == "-" ? "_" : $0 }) }
}
