import SystemPackage
import Testing

@testable import Doctor

/// The sites that the end-to-end tests mount, with what is weak about them.
@Suite struct MountedSitesTests {
    /// What the doctor finds in a site, all of which is true of it. A site that is not here has nothing.
    private static let known: [String: Set<String>] = [
        // Another location leads to the same application without the identity.
        "added-headers.conf": ["identity-missing-elsewhere", "header-list-lost"],
        "address-rules.conf": ["identity-missing-elsewhere"],
        "basic-auth.conf": ["identity-missing-elsewhere"],
        "captured-names.conf": ["identity-missing-elsewhere"],
        "error-pages.conf": ["identity-missing-elsewhere"],
        "limited-methods.conf": ["identity-missing-elsewhere"],
        // The files are taken as they are shipped: the map for a balancer is commented out.
        "load-balancer.conf": ["identity-missing-elsewhere", "balancer-tls-untold"],
        "maintenance.conf": ["identity-missing-elsewhere"],
        "map-and-limits.conf": ["identity-missing-elsewhere"],
        "odd-headers.conf": ["identity-missing-elsewhere"],
        "own-oauth2.conf": ["identity-missing-elsewhere"],
        "php-scripts.conf": ["identity-missing-elsewhere"],
        "proxy-cache.conf": ["identity-missing-elsewhere"],
        "second-server.conf": ["identity-missing-elsewhere"],
        "single-page.conf": ["identity-missing-elsewhere"],
    ]

    private static let folder = SiteFixture.folder.appending("../EndToEnd/servers/sites").lexicallyNormalized()
    static let sites = SiteFixture.files(in: folder).sorted().map { name in
        SiteFixture(name: name, text: SiteFixture.read(folder.appending(name)) ?? "")
    }

    @Test func `there are sites to look at`() {
        #expect(Self.sites.count > 15)
    }

    @Test(arguments: sites)
    func `a mounted site has the weaknesses that are known of it`(site: SiteFixture) {
        let findings = SiteExamination.findings(of: site.configuration)
        #expect(Set(findings.filter { $0.severity != .ok }.map(\.name)) == Self.known[site.name] ?? [], "\(findings)")
        #expect(findings.contains { $0.name == "mount" })
    }

    @Test func `what a real nginx prints of Debian's layout is read whole`() {
        let dump = SiteFixture.read(SiteFixture.folder.appending("Sites/dumps/debian.txt")) ?? ""
        let configuration = NginxConfiguration(dump: dump)
        #expect(configuration.unreadable.isEmpty && configuration.syntaxErrors.isEmpty)
        let findings = SiteExamination.findings(of: configuration)
        #expect(findings.map(\.name) == ["protected-location", "mount"].sorted(), "\(findings)")
        #expect(findings.allSatisfy { $0.severity == .ok && $0.place?.file == "/etc/nginx/sites-enabled/example" })
        let mounts = SiteExamination.mounts(of: configuration)
        #expect(mounts.map(\.serverNames) == [["example.com"]] && mounts.map(\.prefix) == ["/oauth2"])
        #expect(mounts.map(\.socketPath) == ["/run/grantd/grantd.sock"] && mounts.map(\.isHTTPS) == [false])
        #expect(mounts.map(\.listens) == [["127.0.0.1:8081"]])
        let locations = SiteExamination.protectedLocations(of: configuration)
        #expect(locations.map(\.path) == ["/orders/"] && locations.map(\.pattern) == ["^~ /orders/"])
        #expect(locations.map(\.scopes) == [["orders.read", "orders.write"]])
    }
}
