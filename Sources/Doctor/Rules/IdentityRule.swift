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
                + "and believes the name that a caller sends.",
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
        var told: [String: Told] = [:]
        for (server, location) in protected {
            let levels = [location] + InternalRedirect.targets(of: location, in: server)
            for level in levels {
                for pass in Target.all(in: level) where level.tellsIdentity(pass.target.kind) {
                    for address in site.addresses(of: pass.target, at: level) {
                        told[address, default: Told()].add(level, of: server)
                    }
                }
            }
        }
        // A server that is open has that as its one fault.
        return site.servers.filter { !site.openLevels.contains(ObjectIdentifier($0.level)) }.flatMap { server in
            server.siteLocations.filter { !site.isGuarded($0) && !isRefusing($0) }.flatMap { location in
                let passes = Target.all(in: location).filter { pass in
                    site.addresses(of: pass.target, at: location).compactMap { told[$0] }.contains { told in
                        // What listens within this machine alone has other callers than a server that all may reach.
                        guard told.isInternal || !server.isInternal else { return false }
                        // One socket of PHP runs the scripts of many sites.
                        return pass.target.kind == .proxy || pass.target.kind == .grpc
                            || told.runs(Told.script(of: location), in: server)
                    }
                }
                return elsewhere(location, passes, "another way to an application of a protected location")
            }
        }
    }

    /// The locations that tell one application the client.
    private struct Told {
        /// Whether one of them is in a server that this machine alone reaches.
        private(set) var isInternal = false
        /// The scripts that each server runs.
        private var scripts: [ObjectIdentifier: Set<String>] = [:]

        mutating func add(_ level: Level, of server: Server) {
            if server.isInternal { isInternal = true }
            scripts[ObjectIdentifier(server.level), default: []].insert(Self.script(of: level))
        }

        /// Whether a script is one of those that a server runs, or may be.
        func runs(_ script: String, in server: Server) -> Bool {
            guard let own = scripts[ObjectIdentifier(server.level)] else { return false }
            return script == "$" || own.contains(script) || own.contains("$")
        }

        /// The one script that a location runs; `$` if it is not known.
        static func script(of level: Level) -> String {
            let line = level.effective("fastcgi_param").last { $0.value == "SCRIPT_FILENAME" }
            guard let script = line?.arguments.last, !script.contains("$") else { return "$" }
            return script
        }
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
