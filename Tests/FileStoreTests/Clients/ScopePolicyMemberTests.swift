import GrantCore
import Testing

@testable import FileStore

/// `scope_policy` in a client's file.
struct ScopePolicyMemberTests {
    private func file(_ members: String) throws(ClientFile.Unusable) -> ClientFile {
        try ClientFile(Array(#"{"client_id":"web-app"\#(members)}"#.utf8))
    }

    @Test(arguments: [
        ("", ScopePolicy.exact), (#","scope_policy":"exact""#, .exact), (#","scope_policy":"smart""#, .smart),
    ])
    func `a client is of the policy that its file names, and else of the exact one`(
        members: String,
        policy: ScopePolicy
    )
        throws
    {
        let file = try file(members)
        #expect(file.client.scopePolicy == policy)
        var changed = file
        changed.update { $0.name = "Web" }
        #expect(try ClientFile(changed.bytes()).client.scopePolicy == policy)
        #expect(try String(decoding: changed.bytes(), as: UTF8.self).contains("scope_policy") == (policy == .smart))
    }

    @Test(arguments: [#""SMART""#, #""intersect""#, #""""#, "true", "[]", "null"])
    func `another policy disables it`(value: String) {
        #expect(throws: ClientFile.Unusable.self) { try file(#","scope_policy":\#(value)"#) }
    }

    @Test func `a policy that is misspelt disables it`() {
        #expect(throws: ClientFile.Unusable.self) { try file(#","scope_polcy":"smart""#) }
    }
}
