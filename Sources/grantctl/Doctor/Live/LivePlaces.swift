import Doctor

/// What a configuration says of the host that is asked.
struct LivePlaces {
    /// The mounts of the servers that have the host's name, or of all if none has.
    let mounts: [MountSummary]
    /// The protected paths of these servers.
    let protected: [ProtectedPlace]

    /// Finds them.
    init(_ configuration: NginxConfiguration?, of url: MountURL) {
        let all = configuration.map(SiteExamination.mounts) ?? []
        let named = all.filter { $0.serverNames.contains { Self.matches($0, url.host) } }
        mounts = named.isEmpty ? all : named
        let names = Set(mounts.flatMap { $0.serverNames + $0.listens })
        let locations = configuration.map(SiteExamination.protectedLocations) ?? []
        let servers = Set(all.map(\.serverNames))
        var protected: [ProtectedPlace] = []
        for location in locations where servers.count < 2 || names.contains(location.server) {
            guard let place = ProtectedPlace(location), !protected.contains(where: { $0.path == place.path }) else {
                continue
            }
            protected.append(place)
        }
        self.protected = protected
    }

    /// Whether a name of `server_name` is the host's; one with an asterisk is every name that ends or begins so.
    private static func matches(_ name: String, _ host: String) -> Bool {
        let (name, host) = (name.lowercased(), host.lowercased())
        if name.hasPrefix("*.") { return host.hasSuffix(name.dropFirst()) }
        if name.hasPrefix(".") { return host.hasSuffix(name) || host == name.dropFirst() }
        if name.hasSuffix(".*") { return host.hasPrefix(name.dropLast()) }
        return name == host
    }
}
