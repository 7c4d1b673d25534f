/// No other server hands out the files that one server protects.
struct SharedFilesRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return otherServers(site)
            + site.guards.compactMap { sameServer($0, site) }.filter { finding in
                finding.place.map { seen.insert($0).inserted } ?? true
            }
    }

    /// A location of the same server whose directory holds the protected one.
    private func sameServer(_ guarding: Guard, _ site: Site) -> Finding? {
        let server = guarding.server
        guard !site.effort.isSpent, let files = Self.directory(of: guarding.level) else { return nil }
        return server.locations(in: server.level).lazy.compactMap { other -> Finding? in
            guard site.effort.spend(4), other !== guarding.level, !server.isOurs(other),
                let around = Self.directory(of: other),
                files.hasPrefix(around), other.setting("auth_request") == nil, !other.isRestricted,
                other.own("return").isEmpty, let name = other.pattern?.text
            else { return nil }
            let path = name.withoutSlash + "/" + files.dropFirst(around.count)
            guard case .location(let found) = server.answerer(of: path), found === other else { return nil }
            return Finding(
                .failure,
                "files-open-elsewhere",
                at: other.place,
                "\(path) serves the files of \(guarding.level.pattern?.description ?? "") without a token.",
                remedy: "Protect \(path) too, or keep these files in a directory that no other location serves."
            )
        }.first
    }

    /// The directory of a location's files with a slash at its end; nil if an application answers, or it is not known.
    private static func directory(of level: Level) -> String? {
        guard let pattern = level.pattern, pattern.isPrefix, Target.all(in: level).isEmpty, !level.isHarmless else {
            return nil
        }
        let text = level.own("alias").first?.value ?? root(of: level).map { $0 + pattern.text }
        guard let text, !text.contains("$") else { return nil }
        return text.withoutSlash + "/"
    }

    /// Other servers whose files are the same.
    private func otherServers(_ site: Site) -> [Finding] {
        var seen: Set<Finding.Place> = []
        return site.guards.compactMap { guarding in
            guard let path = guarding.level.pattern.map({ $0.isPrefix ? $0.text : nil }) ?? "/",
                let files = Self.files(of: guarding, path), let root = Self.root(of: files)
            else { return nil }
            for server in site.servers
            where server.level !== guarding.server.level && !site.openLevels.contains(ObjectIdentifier(server.level)) {
                guard site.effort.spend(4) else { return nil }
                let level: Level
                switch server.answerer(of: path) {
                case .location(let found): level = found
                case .server: level = server.level
                case .unknown: continue
                }
                guard Self.root(of: level) == root, !site.isProtected(level), level.own("auth_request").isEmpty,
                    !level.isHarmless, Target.all(in: level).isEmpty, !server.isOurs(level),
                    !server.level.own("return").contains(where: { _ in true }),
                    let place = (level.own("root").first ?? server.level.own("root").first)?.place ?? level.place,
                    seen.insert(place).inserted
                else { continue }
                return Finding(
                    .failure,
                    "files-open-elsewhere",
                    at: place,
                    "\(server.name) serves the files of \(guarding.level.pattern?.description ?? guarding.server.name) "
                        + "(\(guarding.directive.place)) without a token.",
                    remedy:
                        "Protect \(path) in this server {} too, or let it redirect: return 301 https://$host$request_uri;"
                )
            }
            return nil
        }
    }

    /// The level whose files are protected; nil if an application answers.
    private static func files(of guarding: Guard, _ path: String) -> Level? {
        var level = guarding.level
        if level.pattern == nil {
            switch guarding.server.answerer(of: path) {
            case .location(let found): level = found
            case .server: break
            case .unknown: return nil
            }
        }
        return Target.all(in: level).isEmpty && !level.isHarmless ? level : nil
    }

    /// The directory of files at a level that has no alias; nil if none is set.
    private static func root(of level: Level) -> String? {
        guard level.own("alias").isEmpty, let root = level.setting("root"), !root.value.contains("$") else {
            return nil
        }
        return root.value.withoutSlash
    }
}

extension String {
    /// Without the slashes at its end.
    fileprivate var withoutSlash: String {
        var text = self[...]
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
