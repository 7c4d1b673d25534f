/// An `upstream {}` of the site.
struct Upstream: Sendable {
    let name: String
    /// Where its servers listen, in order.
    let servers: [NginxDirective]
    let place: Finding.Place
    /// Whether one of its servers is the workers' socket.
    let isGrantd: Bool

    init(name: String, servers: [NginxDirective], place: Finding.Place) {
        self.name = name
        self.servers = servers
        self.place = place
        isGrantd = servers.contains { $0.value.hasSuffix("/grantd.sock") }
    }
}
