import Doctor
import Testing

@Suite struct BrokenSitesTests {
    @Test func `there are sites to look at`() {
        #expect(SiteFixture.broken.count >= 40)
        #expect(SiteFixture.good.count >= 15)
    }

    @Test(arguments: SiteFixture.broken)
    func `a broken site has its own finding and no other`(site: SiteFixture) {
        let findings = SiteExamination.findings(of: site.configuration).filter { $0.severity != .ok }
        #expect(findings.map(Expectation.init) == site.expected, "\(findings)")
        #expect(site.expected.count == 1)
        #expect(findings.allSatisfy { $0.remedy?.isEmpty == false && $0.statement.hasSuffix(".") })
        #expect(site.configuration.unreadable.isEmpty)
    }

    @Test(arguments: SiteFixture.good)
    func `a good site has nothing but what is in order`(site: SiteFixture) {
        let findings = SiteExamination.findings(of: site.configuration)
        #expect(findings.filter { $0.severity != .ok } == [])
        #expect(findings.contains { $0.name == "mount" } && findings.contains { $0.name == "protected-location" })
        #expect(site.configuration.unreadable.isEmpty)
    }
}
