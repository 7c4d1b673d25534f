import Doctor

/// The input as what `nginx -T` prints, and as a site's file that includes itself under other names. Whatever it holds, it is
/// read within bounds, every directive has its line, and what is found names places that are there.
func nginx(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    let dump = NginxConfiguration(dump: text)
    let file = NginxConfiguration(
        file: "/etc/nginx/sites-available/site",
        reading: { $0.hasSuffix("/site") || $0.hasSuffix(".conf") ? text : nil },
        listing: { _ in ["a.conf", "b.conf"] }
    )
    let lines = input.count { $0 == 0x0A } + 1
    for configuration in [dump, file] {
        check(configuration.directives, lines: lines, depth: 0)
        for finding in SiteExamination.findings(of: configuration) {
            expect((finding.severity == .ok) == (finding.remedy == nil), "a fault has a remedy")
            expect(finding.statement.hasSuffix("."), "a statement is a sentence")
            expect((1...lines).contains(finding.place?.line ?? 1), "a finding is about a line that is there")
        }
        let mounts = SiteExamination.mounts(of: configuration)
        expect(mounts.allSatisfy { $0.prefix.hasPrefix("/") }, "a mount is a path")
        _ = SiteExamination.protectedLocations(of: configuration)
    }
}

private func check(_ directives: [NginxDirective], lines: Int, depth: Int) {
    expect(depth <= 200, "depth is bounded")
    for directive in directives {
        expect((1...lines).contains(directive.place.line), "a directive has its line")
        expect((directive.place.line...lines).contains(directive.lastLine), "a directive ends behind its start")
        if let block = directive.block { check(block, lines: lines, depth: depth + 1) }
    }
}
