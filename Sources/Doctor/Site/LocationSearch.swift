extension Server {
    /// What answers a path.
    enum Answerer {
        case location(Level)
        /// No location does: the server's own level answers.
        case server
        /// An expression on the way could not be understood.
        case unknown
    }

    /// The location that answers a path, by nginx's order: an exact one; the longest prefix, unless it is `^~` or a location
    /// within it answers; the first expression; that prefix.
    func answerer(of path: String) -> Answerer {
        search(path, in: level) ?? .server
    }

    /// The location of a name such as `@app`.
    func named(_ name: String) -> Level? { locations(in: level).first { $0.pattern?.text == name } }

    /// The location that answers what `error_page` names; nil if it is a URL, or not known.
    func page(_ target: String) -> Level? {
        if target.hasPrefix("@") { return named(target) }
        guard target.hasPrefix("/"), case .location(let level) = answerer(of: target) else { return nil }
        return level
    }

    private func search(_ path: String, in level: Level) -> Answerer? {
        let within = locations(in: level)
        var longest: Level?
        for location in within {
            guard let pattern = location.pattern else { continue }
            if pattern.kind == .exact, pattern.text == path { return .location(location) }
            guard pattern.isPrefix, path.hasPrefix(pattern.text) else { continue }
            if pattern.text.utf8.count >= longest?.pattern?.text.utf8.count ?? 0 { longest = location }
        }
        if let longest {
            let inner = search(path, in: longest)
            // Of an inner prefix the outer expressions still go first; of anything else in there they do not.
            switch inner {
            case .location(let found) where found.pattern?.isPrefix != true: return inner
            case .unknown: return inner
            default: break
            }
            if longest.pattern?.kind != .prefixWithoutExpressions,
                let found = searchExpressions(path, within)
            {
                return found
            }
            return inner ?? .location(longest)
        }
        return searchExpressions(path, within)
    }

    private func searchExpressions(_ path: String, _ within: [Level]) -> Answerer? {
        for location in within {
            guard let pattern = location.pattern, pattern.isExpression else { continue }
            guard let isMatch = pattern.expression?.matches(path) else { return .unknown }
            if isMatch { return search(path, in: location) ?? .location(location) }
        }
        return nil
    }
}
