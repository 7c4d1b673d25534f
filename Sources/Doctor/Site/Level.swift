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
    /// The lines `allow` and `deny` at this very level, in order.
    let ownAccessRules: [NginxDirective]
    /// The lines `error_page` that count here, in order.
    let errorPages: [ErrorPage]
    /// Those of them that the levels within take, at most `NginxLimits.inherited`.
    private let inheritedPages: [ErrorPage]
    private let byName: [String: [NginxDirective]]
    /// The kinds of applications that are told the client's id by the lists that count here.
    private let told: Set<Target.Kind>
    private let isIdentityUnread: Bool
    private let isClientPartIncluded: Bool
    private let isClientPartUnread: Bool

    init(_ kind: Kind, _ directive: NginxDirective?, _ directives: [NginxDirective], in parent: Level?) {
        self.kind = kind
        self.directive = directive
        self.directives = directives
        self.parent = parent
        let byName = Dictionary(grouping: directives, by: \.name)
        self.byName = byName
        ownAccessRules =
            byName["allow"] == nil && byName["deny"] == nil
            ? [] : directives.filter { $0.name == "allow" || $0.name == "deny" }
        let pages = byName["error_page"]?.map(ErrorPage.init) ?? parent?.inheritedPages ?? []
        errorPages = pages
        inheritedPages = pages.count > NginxLimits.inherited ? Array(pages.prefix(NginxLimits.inherited)) : pages
        // What is inherited is found once, since a long list may be around many locations.
        told = Set(
            Target.Kind.allCases.filter { kind in
                guard let list = byName[kind.list] else { return parent?.told.contains(kind) ?? false }
                return list.contains { $0.value.lowercased() == kind.identity.lowercased() }
            }
        )
        let unread = Set((byName["include"] ?? []).map { NginxPath.name(of: $0.value) })
        isIdentityUnread = unread.contains("grantd.identity.conf") || parent?.isIdentityUnread ?? false
        isClientPartUnread = unread.contains("grantd.client.conf") || parent?.isClientPartUnread ?? false
        isClientPartIncluded =
            byName["auth_request_set"]?.contains { $0.value == "$oauth_client_id" } ?? parent?.isClientPartIncluded
            ?? false
    }

    /// The location's pattern; nil if the level is not a location.
    var pattern: LocationPattern? { if case .location(let pattern) = kind { pattern } else { nil } }

    /// The directives of a name at this very level.
    func own(_ name: String) -> [NginxDirective] { byName[name] ?? [] }

    /// The directives of a name that count here: a level's own replace all those above. Of those above at most
    /// `NginxLimits.inherited`.
    func effective(_ name: String) -> [NginxDirective] {
        if let own = byName[name] { return own }
        guard let found = parent?.origin(of: name)?.byName[name] else { return [] }
        return found.count > NginxLimits.inherited ? Array(found.prefix(NginxLimits.inherited)) : found
    }

    /// The one directive of a name that counts here.
    func setting(_ name: String) -> NginxDirective? { origin(of: name)?.byName[name]?.first }

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

    /// Whether an include of grantd.client.conf that counts here could not be read.
    var hasUnreadClientPart: Bool { isClientPartUnread }

    /// Whether an include of grantd.identity.conf that counts here could not be read.
    var hasUnreadIdentity: Bool { isIdentityUnread }

    /// Whether the client's id is in the list that counts for an application of a kind.
    func tellsIdentity(_ kind: Target.Kind) -> Bool { isIdentityUnread || told.contains(kind) }

    /// Whether grantd.client.conf counts here.
    var hasClientPart: Bool { isClientPartUnread || isClientPartIncluded }
}
