/// One level of nginx's configuration: `http {}`, a `server {}`, a `location {}`, or an `if {}` within one of them.
final class Level: Sendable {
    /// What kind of block it is.
    enum Kind: Sendable {
        case http, server, condition
        case location(LocationPattern)
    }

    let kind: Kind
    /// The block itself; nil for the level of a whole file.
    let directive: NginxDirective?
    /// The level around it.
    let parent: Level?
    /// What stands at this level, in order.
    let directives: [NginxDirective]
    private let byName: [String: [NginxDirective]]

    init(_ kind: Kind, _ directive: NginxDirective?, _ directives: [NginxDirective], in parent: Level?) {
        self.kind = kind
        self.directive = directive
        self.directives = directives
        self.parent = parent
        byName = Dictionary(grouping: directives, by: \.name)
    }

    /// The location's pattern; nil if the level is not a location.
    var pattern: LocationPattern? { if case .location(let pattern) = kind { pattern } else { nil } }

    /// The directives of a name at this very level.
    func own(_ name: String) -> [NginxDirective] { byName[name] ?? [] }

    /// The directives of a name that count here: a level's own replace all those above.
    func effective(_ name: String) -> [NginxDirective] {
        var level: Level? = self
        while let current = level {
            if let found = current.byName[name] { return found }
            level = current.parent
        }
        return []
    }

    /// The one directive of a name that counts here.
    func setting(_ name: String) -> NginxDirective? { effective(name).first }

    /// The level whose directives of a name count here; nil if there are none.
    func origin(of name: String) -> Level? {
        var level: Level? = self
        while let current = level, current.byName[name] == nil { level = current.parent }
        return level
    }

    /// Whether another level is this one or around it.
    func isWithin(_ other: Level) -> Bool {
        var level: Level? = self
        while let current = level {
            if current === other { return true }
            level = current.parent
        }
        return false
    }

    /// Where the block starts.
    var place: Finding.Place? { directive?.place }

    /// The name of the file alone if an include at this level could not be read: `grantd.client.conf`.
    func hasUnread(_ file: String) -> Bool {
        own("include").contains { NginxPath.name(of: $0.value) == file }
    }

    /// Whether this level or one above it has an include of that name that could not be read.
    func inheritsUnread(_ file: String) -> Bool {
        var level: Level? = self
        while let current = level {
            if current.hasUnread(file) { return true }
            level = current.parent
        }
        return false
    }
}
