/// One `server {}` with all its locations.
struct Server: Sendable {
    let level: Level
    /// Its names; none if it has no `server_name`.
    let names: [String]
    let listens: [Listen]
    /// All its locations, those within others behind them, in the order of the file.
    let locations: [Level]
    /// Where it mounts grantd; two only if a configuration is wrong, and further ones are left out.
    let mounts: [Mount]
    /// The site's own locations.
    let siteLocations: [Level]
    private let nested: [ObjectIdentifier: [Level]]

    init(_ level: Level) {
        self.level = level
        names = level.own("server_name").flatMap(\.arguments).filter { !$0.isEmpty }
        listens = level.own("listen").map(Listen.init)
        var locations: [Level] = []
        Self.collect(in: level, &locations)
        self.locations = locations
        nested = Dictionary(grouping: locations) { ObjectIdentifier($0.parent ?? level) }
        let mounts = Array(Mount.all(in: level, locations: nested[ObjectIdentifier(level)] ?? []).prefix(2))
        self.mounts = mounts
        siteLocations = locations.filter { location in !mounts.contains { $0.contains(location) } }
    }

    /// The mount, if there is one.
    var mount: Mount? { mounts.first }

    /// The locations right within a level.
    func locations(in level: Level) -> [Level] { nested[ObjectIdentifier(level)] ?? [] }

    /// The name by which people know it.
    var name: String { names.first { $0 != "_" } ?? listens.first?.description ?? "a server without a name" }

    /// Whether a location is one of grantd's own.
    func isOurs(_ location: Level) -> Bool { mounts.contains { $0.contains(location) } }

    private static func collect(in level: Level, _ locations: inout [Level]) {
        for directive in level.directives where directive.name == "location" {
            guard let block = directive.block, let pattern = LocationPattern(directive.arguments) else { continue }
            let location = Level(.location(pattern), directive, block, in: level)
            locations.append(location)
            collect(in: location, &locations)
        }
    }
}
