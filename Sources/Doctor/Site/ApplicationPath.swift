/// The path that an application is asked for, which a path in `proxy_pass` may make another one than the caller's.
enum ApplicationPath {
    /// The path in a location's `proxy_pass`, with the slash; nil if it has none, so that the caller's path stays.
    static func replacing(_ location: Level) -> String? {
        guard let url = location.own("proxy_pass").first?.value, let scheme = url.firstRange(of: "://"),
            !url.contains("$")
        else { return nil }
        var rest = url[scheme.upperBound...]
        if rest.hasPrefix("unix:") {
            guard let colon = rest.dropFirst("unix:".count).firstIndex(of: ":") else { return nil }
            rest = rest[rest.index(after: colon)...]
        }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return String(rest[slash...])
    }

    /// What a caller asks of a location for a path of the application's; nil if the location does not lead there.
    static func asked(_ location: Level, for meant: String) -> String? {
        guard let replacing = replacing(location) else { return meant }
        guard let name = location.pattern?.text, location.pattern?.isPrefix == true,
            meant.hasPrefix(replacing) || replacing.hasPrefix(meant)
        else { return nil }
        return name + meant.dropFirst(min(replacing.count, meant.count))
    }
}
