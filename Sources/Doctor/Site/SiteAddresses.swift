extension Site {
    /// Where a pass leads in the end: the servers of its upstream, and what a variable may hold. One application has one
    /// spelling here, so that `localhost` and `127.0.0.1` are the same.
    func addresses(of target: Target, at level: Level) -> Set<String> {
        Set(
            values(of: target.address, at: level).flatMap { value -> [String] in
                let address = Target(target.kind, value).address
                guard let servers = upstream(address)?.servers else {
                    return ["\(target.kind.rawValue) \(Self.spelling(of: address))"]
                }
                guard effort.spend(servers.count) else { return [] }
                return servers.map { Target(target.kind, $0.value).address }.map {
                    "\(target.kind.rawValue) \(Self.spelling(of: $0))"
                }
            }
        )
    }

    /// Whether a pass of one level may lead where a pass of another does.
    func isShared(_ left: Target, at leftLevel: Level, _ right: Target, at rightLevel: Level) -> Bool {
        left.kind == right.kind
            && (left == right
                || !addresses(of: left, at: leftLevel).isDisjoint(with: addresses(of: right, at: rightLevel)))
    }

    /// The values that a variable is given around a level, by `set` or `map`; the text itself if it is none, or unknown.
    private func values(of text: String, at level: Level) -> [String] {
        guard text.hasPrefix("$") else { return [text] }
        var current: Level? = level
        while let around = current {
            let all = around.own("set")
            guard effort.spend(all.count) else { return [text] }
            let lines = all.filter { $0.value == text }
            if !lines.isEmpty { return lines.compactMap(\.arguments.last) }
            current = around.parent
        }
        guard let map = map(of: text), effort.spend(map.entries.count) else { return [text] }
        return map.entries.compactMap(\.arguments.last).filter { !$0.isEmpty && !$0.contains("$") }
    }

    private static func spelling(of address: String) -> String {
        if address.hasPrefix("unix:") || address.contains("$") { return address }
        var text = address.lowercased()
        for name in ["localhost", "[::1]"] where text == name || text.hasPrefix("\(name):") {
            text = "127.0.0.1" + text.dropFirst(name.count)
        }
        let isPortless = !text.drop { $0 != "]" }.contains(":") && (text.hasPrefix("[") || !text.contains(":"))
        return isPortless ? text + ":80" : text
    }
}
