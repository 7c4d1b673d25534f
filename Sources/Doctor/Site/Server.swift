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
    /// Those of them whose `proxy_pass` has a path.
    let replacingLocations: [Level]
    /// What may be spent on comparing it with others.
    let effort: Effort
    private let nested: [ObjectIdentifier: LocationIndex]
    private static let none = LocationIndex([])

    /// Reads a server.
    ///
    /// - Parameters:
    ///   - level: the level of its block.
    ///   - effort: what may be spent on comparing it with others.
    init(_ level: Level, effort: Effort = Effort()) {
        self.level = level
        self.effort = effort
        names = level.own("server_name").flatMap(\.arguments).filter { !$0.isEmpty }
        listens = level.own("listen").map(Listen.init)
        var locations: [Level] = []
        Self.collect(in: level, &locations)
        self.locations = locations
        nested = Dictionary(grouping: locations) { ObjectIdentifier($0.parent ?? level) }.mapValues(LocationIndex.init)
        let outer = nested[ObjectIdentifier(level)]?.all ?? []
        let mounts = Array(Mount.all(in: level, locations: outer).prefix(2))
        self.mounts = mounts
        siteLocations = locations.filter { location in !mounts.contains { $0.contains(location) } }
        replacingLocations = siteLocations.filter { ApplicationPath.replacing($0) != nil }
    }

    /// The mount, if there is one.
    var mount: Mount? { mounts.first }

    /// The locations right within a level.
    func locations(in level: Level) -> [Level] { index(of: level).all }

    /// The same, to be searched.
    func index(of level: Level) -> LocationIndex { nested[ObjectIdentifier(level)] ?? Self.none }

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
