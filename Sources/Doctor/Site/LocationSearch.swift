extension Server {
    /// What answers a path.
    enum Answerer {
        case location(Level)
        /// No location does: the server's own level answers.
        case server
        /// An expression on the way could not be understood, or too much was compared already.
        case unknown
    }

    /// The location that answers a path, by nginx's order: an exact one; the longest prefix, unless it is `^~` or a location
    /// within it answers; the first expression; that prefix.
    func answerer(of path: String) -> Answerer {
        guard path.utf8.count <= NginxLimits.path else { return .unknown }
        return search(Array(path.utf8), path, in: level) ?? .server
    }

    /// The location of a name such as `@app`.
    func named(_ name: String) -> Level? { index(of: level).named(name) }

    /// The location that answers what `error_page` names; nil if it is a URL, or not known.
    func page(_ target: String) -> Level? {
        if target.hasPrefix("@") { return named(target) }
        guard target.hasPrefix("/"), case .location(let level) = answerer(of: target.withoutQuery) else { return nil }
        return level
    }

    private func search(_ bytes: [UInt8], _ path: String, in level: Level) -> Answerer? {
        let within = index(of: level)
        guard effort.spend() else { return .unknown }
        if let exact = within.exact(bytes) { return .location(exact) }
        guard let longest = within.longest(bytes, effort) else { return .unknown }
        if let longest {
            let inner = search(bytes, path, in: longest)
            // Of an inner prefix the outer expressions still go first; of anything else in there they do not.
            switch inner {
            case .location(let found) where found.pattern?.isPrefix != true: return inner
            case .unknown: return inner
            default: break
            }
            if longest.pattern?.kind != .prefixWithoutExpressions,
                let found = searchExpressions(bytes, path, within)
            {
                return found
            }
            return inner ?? .location(longest)
        }
        return searchExpressions(bytes, path, within)
    }

    private func searchExpressions(_ bytes: [UInt8], _ path: String, _ within: LocationIndex) -> Answerer? {
        for location in within.expressions {
            guard let isMatch = location.pattern?.expression?.matches(path, effort) else { return .unknown }
            if isMatch { return search(bytes, path, in: location) ?? .location(location) }
        }
        return nil
    }
}
