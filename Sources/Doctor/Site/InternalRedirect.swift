/// Where nginx takes a request on its own, after a location has let it pass.
enum InternalRedirect {
    /// The locations that may answer in the end: by `try_files`, `index` and `error_page`.
    static func targets(of location: Level, in server: Server) -> [Level] {
        var paths: [String] = []
        if let last = location.own("try_files").first?.arguments.last { paths.append(path(last, of: location)) }
        if Target.all(in: location).isEmpty, let pattern = location.pattern, pattern.isPrefix {
            // A directory's index is another request within nginx.
            let names = location.setting("index")?.arguments ?? []
            paths += names.filter { !$0.hasPrefix("/") && !$0.contains("$") }.map { joined(pattern.text, $0) }
        }
        let pages = server.effort.spend(location.errorPages.count) ? location.errorPages : []
        paths += pages.filter { !$0.isDenial }.map(\.target)
        return paths.compactMap { level(at: $0, in: server) }.filter { $0 !== location && !server.isOurs($0) }
    }

    /// The last of `try_files` without the query, and with a path of the location's for `$uri`.
    private static func path(_ target: String, of location: Level) -> String {
        var path = target
        for end in ["?", "$is_args", "$args", "$query_string"] {
            if let range = path.firstRange(of: end) { path = String(path[..<range.lowerBound]) }
        }
        guard let pattern = location.pattern, pattern.isPrefix || pattern.kind == .exact else { return path }
        return path.replacing("$uri", with: pattern.text)
    }

    private static func joined(_ prefix: String, _ name: String) -> String {
        prefix.hasSuffix("/") ? prefix + name : "\(prefix)/\(name)"
    }

    private static func level(at target: String, in server: Server) -> Level? {
        if target.hasPrefix("@") { return server.named(target) }
        let path = target.withoutQuery
        guard path.hasPrefix("/"), !path.contains("$"), case .location(let level) = server.answerer(of: path)
        else { return nil }
        return level
    }
}
