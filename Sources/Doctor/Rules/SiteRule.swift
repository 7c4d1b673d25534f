/// One kind of fault that a site's configuration can show.
protocol SiteRule: Sendable {
    /// Where the site has the fault; nothing where it has another one, which another rule reports.
    func findings(in site: Site) -> [Finding]
}
