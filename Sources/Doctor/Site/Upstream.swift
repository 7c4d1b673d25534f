/// An `upstream {}` of the site.
struct Upstream: Sendable {
    let name: String
    /// Where its servers listen, in order.
    let servers: [NginxDirective]
    let place: Finding.Place
}
