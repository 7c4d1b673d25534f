import Testing

@testable import Doctor

/// Rules by address: nginx takes the first that an address meets.
@Suite struct LevelOpennessTests {
    @Test(arguments: [
        ("deny all;", true, true), ("deny 10.0.0.1; deny all;", true, true), ("allow 10.0.0.1; deny all;", false, true),
        ("deny all; allow 10.0.0.1;", true, true), ("allow all; deny all;", false, false),
        ("deny 10.0.0.1; allow all; deny all;", false, false), ("deny 10.0.0.1;", false, false), ("", false, false),
    ])
    func `the first rule counts`(lines: String, refuses: Bool, isRestricted: Bool) {
        let level = Level(.server, nil, NginxParser(lines, file: "f").directives, in: nil)
        #expect((level.refusal != nil) == refuses)
        #expect(level.isHarmless == refuses)
        #expect(level.isRestricted == isRestricted)
        // Around a location without rules of its own they count too.
        let inner = Level(.server, nil, [], in: level)
        #expect((inner.refusal != nil) == refuses && inner.isRestricted == isRestricted)
    }

    @Test func `lists are inherited whole or not at all`() {
        let outer = Level(
            .server,
            nil,
            NginxParser("proxy_set_header x-OAUTH-client-id a; error_page 404 /a;", file: "f").directives,
            in: nil
        )
        let inner = Level(
            .server,
            nil,
            NginxParser("proxy_set_header A b; error_page 500 /b;", file: "f").directives,
            in: outer
        )
        let innermost = Level(.server, nil, [], in: inner)
        #expect(outer.tellsIdentity(.proxy) && !inner.tellsIdentity(.proxy) && !innermost.tellsIdentity(.proxy))
        #expect(innermost.errorPages.map(\.target) == ["/b"])
    }
}
