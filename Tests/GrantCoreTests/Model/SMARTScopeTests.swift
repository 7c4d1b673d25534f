import Testing

@testable import GrantCore

/// SMART App Launch 2.2, *Scopes for Requesting FHIR Resources*, *Scope Equivalence*, and *Finer-grained resource
/// constraints using search parameters*.
struct SMARTScopeTests {
    /// What a client has, what it asks for, and what it is granted; nothing is `invalid_scope`.
    private static let rows: [(own: String, asked: String, granted: String)] = [
        // Equal words, SMART's or not.
        ("system/Patient.rs", "system/Patient.rs", "system/Patient.rs"),
        ("read write", "write read", "write read"), ("read", "read write", "read"), ("read", "write", ""),
        ("read", "Read", ""), ("system/Patient.sr", "system/Patient.sr", "system/Patient.sr"),
        // Types.
        ("system/*.rs", "system/Patient.rs", "system/Patient.rs"),
        ("system/Patient.rs", "system/*.rs", "system/Patient.rs"), ("system/*.rs", "system/*.rs", "system/*.rs"),
        ("system/Patient.rs system/Group.rs", "system/*.rs", "system/Patient.rs system/Group.rs"),
        ("system/Patient.rs", "system/Observation.rs", ""), ("system/Patient.rs", "system/patient.rs", ""),
        ("system/Patient.rs", "system/Patien.rs", ""), ("system/Patient.rs", "system/Patients.rs", ""),
        // Interactions.
        ("system/*.rs", "system/Patient.r", "system/Patient.r"),
        ("system/*.rs", "system/Patient.s", "system/Patient.s"),
        ("system/Patient.r", "system/Patient.rs", "system/Patient.r"), ("system/Patient.r", "system/Patient.s", ""),
        ("system/Patient.cruds", "system/Patient.cd", "system/Patient.cd"),
        ("system/Patient.ru", "system/Patient.cruds", "system/Patient.ru"),
        ("system/Patient.cu", "system/Patient.rds", ""),
        // Unions.
        ("system/Patient.r system/Patient.s", "system/Patient.rs", "system/Patient.rs"),
        ("system/*.r system/Patient.s", "system/Patient.rs", "system/Patient.rs"),
        ("system/*.r system/Patient.s", "system/*.rs", "system/*.r system/Patient.s"),
        ("system/Patient.c system/Patient.u system/Patient.d", "system/Patient.cruds", "system/Patient.cud"),
        // Letters out of order, or others, are no interactions.
        ("system/*.cruds", "system/Patient.sr", ""), ("system/*.cruds", "system/Patient.dus", ""),
        ("system/*.cruds", "system/Patient.rr", ""), ("system/*.cruds", "system/Patient.", ""),
        ("system/*.cruds", "system/Patient", ""), ("system/*.cruds", "system/Patient.x", ""),
        ("system/*.cruds", "system/Patient.R", ""), ("system/*.cruds", "system/Patient.rx", ""),
        ("system/*.cruds", "system/Patient.reads", ""), ("system/*.cruds", "system/.rs", ""),
        ("system/*.cruds", "system/**.rs", ""), ("system/*.cruds", "system/Patient*.rs", ""),
        ("system/*.cruds", "system/Patient.rs.rs", ""), ("system/*.cruds", "system/Patient/1.rs", ""),
        ("system/*.cruds", "system//Patient.rs", ""), ("system/*.cruds", "/Patient.rs", ""),
        ("system/*.cruds", "Patient.rs", ""), ("system/*.sr", "system/Patient.r", ""),
        // Version 1.
        ("system/*.read", "system/Patient.rs", "system/Patient.rs"),
        ("system/*.rs", "system/Patient.read", "system/Patient.read"),
        ("system/*.read", "system/Patient.read", "system/Patient.read"),
        ("system/*.read", "system/Patient.cud", ""), ("system/*.write", "system/Patient.cud", "system/Patient.cud"),
        ("system/*.cud", "system/Patient.write", "system/Patient.write"), ("system/*.write", "system/Patient.r", ""),
        ("system/*.write", "system/Patient.s", ""), ("system/*.*", "system/Patient.cruds", "system/Patient.cruds"),
        ("system/*.cruds", "system/*.*", "system/*.*"), ("system/*.read", "system/*.*", "system/*.read"),
        ("system/*.read system/*.write", "system/*.*", "system/*.*"),
        ("system/Patient.read", "system/*.*", "system/Patient.read"),
        ("system/Patient.r", "system/*.read", "system/Patient.r"),
        ("system/Patient.read", "system/*.r", "system/Patient.r"),
        ("system/Patient.rs", "system/Patient.read", "system/Patient.read"),
        // Constraints.
        (
            "system/*.rs", "system/Observation.rs?category=laboratory", "system/Observation.rs?category=laboratory"
        ),
        (
            "system/Observation.rs?category=laboratory", "system/Observation.rs",
            "system/Observation.rs?category=laboratory"
        ),
        ("system/Observation.rs?a=1", "system/Observation.r?a=1&b=2", "system/Observation.r?a=1&b=2"),
        ("system/Observation.rs?a=1&b=2", "system/Observation.r?a=1", "system/Observation.r?a=1&b=2"),
        ("system/Observation.rs?a=1&b=2", "system/Observation.rs?b=2&a=1", "system/Observation.rs?b=2&a=1"),
        ("system/Observation.rs?a=1", "system/Observation.rs?a=2", ""),
        ("system/Observation.rs?a=1", "system/Observation.rs?b=1", ""),
        ("system/Observation.rs?a=1", "system/Observation.rs?A=1", ""),
        ("system/Observation.rs?a=1,2", "system/Observation.rs?a=1", ""),
        ("system/Observation.rs?a=1", "system/*.rs", "system/Observation.rs?a=1"),
        ("system/Observation.rs?a=1", "system/*.rs?a=1", "system/Observation.rs?a=1"),
        ("system/*.rs?a=1", "system/Observation.rs", "system/Observation.rs?a=1"),
        (
            "system/Observation.r?a=1 system/Observation.s", "system/Observation.rs",
            "system/Observation.r?a=1 system/Observation.s"
        ),
        ("system/*.rs", "system/Observation.read?a=1", "system/Observation.read?a=1"),
        ("system/*.rs", "system/Observation.rs?a=", "system/Observation.rs?a="),
        (
            "system/*.rs", "system/Observation.rs?code:in=http://x.example/a?b",
            "system/Observation.rs?code:in=http://x.example/a?b"
        ),
        ("system/*.rs", "system/Observation.rs?", ""), ("system/*.rs", "system/Observation.rs?a", ""),
        ("system/*.rs", "system/Observation.rs?=1", ""), ("system/*.rs", "system/Observation.rs?a=1&", ""),
        ("system/*.rs", "system/Observation.rs?&a=1", ""), ("system/*.rs", "system/Observation.?a=1", ""),
        // Contexts.
        ("system/*.cruds", "patient/Patient.r", ""), ("user/*.rs", "user/Patient.r", "user/Patient.r"),
        ("patient/*.rs", "system/Patient.r", ""), ("System/*.rs", "System/Patient.r", ""),
        ("*/*.rs", "system/Patient.r", ""),
        // Several words, in the order of the request, each once.
        (
            "system/*.rs launch", "launch system/Group.r openid system/Patient.cruds fhirUser",
            "launch system/Group.r system/Patient.rs"
        ),
        ("system/Patient.rs", "system/*.rs system/Patient.rs system/Patient.cruds", "system/Patient.rs"),
    ]

    @Test(arguments: rows)
    func `a request is cut down to what the client has`(own: String, asked: String, granted: String) async throws {
        let own = try #require(Scope(own)), asked = try #require(Scope(asked))
        let fixture = Fixture(
            .webApp {
                $0.scope = own
                $0.scopePolicy = .smart
            }
        )
        let form =
            "grant_type=client_credentials&scope=" + asked.description.utf8.map { "%\(String($0, radix: 16))" }.joined()
        if granted.isEmpty {
            let refusal = await fixture.refusal(of: .form(form))
            #expect(refusal == .invalidScope("web-app", .notAllowed(word: asked.words[0])))
        } else {
            #expect(try await fixture.respond(to: .form(form)).grant.scope.description == granted)
            // What is granted is in both, and is granted again as it is.
            let granted = try #require(Scope(granted))
            #expect(try ScopePolicy.smart.grant(granted, outOf: own) == granted)
            #expect(try ScopePolicy.smart.grant(granted, outOf: asked) == granted)
        }
    }

    @Test func `without a request for scope the client is granted all that it has`() async throws {
        let fixture = Fixture(
            .webApp {
                $0.scope = "system/*.rs launch"
                $0.scopePolicy = .smart
            }
        )
        #expect(try await fixture.respond(to: .form()).grant.scope == "system/*.rs launch")
    }

    @Test func `a client of the other policy is refused what it does not have word for word`() async {
        let fixture = Fixture(.webApp { $0.scope = "system/*.rs" })
        let refusal = await fixture.refusal(of: .form("grant_type=client_credentials&scope=system%2FPatient.r"))
        #expect(refusal == .invalidScope("web-app", .notAllowed(word: "system/Patient.r")))
    }

    @Test func `a malformed scope is refused by either policy`() async {
        let fixture = Fixture(.webApp { $0.scopePolicy = .smart })
        let refusal = await fixture.refusal(of: .form("grant_type=client_credentials&scope=a++b"))
        #expect(refusal == .invalidScope("web-app", .straySpace))
    }

    @Test func `a location asks for its words as they are`() async throws {
        let tokens = InMemoryTokens()
        let token = try tokens.issue(Grant(clientID: "web-app", scope: "system/*.rs"), at: Fixture.now, lifetime: 60)
        let check = BearerCheck(verifier: TokenVerifier(registry: InMemoryRegistry([.webApp()]), tokens: tokens))
        await #expect(throws: BearerRefusal.insufficientScope("system/Patient.rs", client: "web-app")) {
            try await check.verify(
                authorization: "Bearer \(token.exposedValue)",
                requirement: CheckRequirement(scope: "system/Patient.rs"),
                at: Fixture.now
            )
        }
    }

    @Test func `what is granted is no longer than a client's scope may be`() throws {
        // 100 types, each with its own constraint, asked for with 20 constraints.
        let types = (UInt8(0)..<100).map { "T\(Unicode.Scalar(97 + $0 / 10))\(Unicode.Scalar(97 + $0 % 10))" }
        let own = try #require(Scope(types.map { "system/\($0).rs" }.joined(separator: " ")))
        let asked = try #require(Scope((0..<20).map { "system/*.rs?a=\($0)" }.joined(separator: " ")))
        #expect(throws: ScopeFault.tooLong) { try ScopePolicy.smart.grant(asked, outOf: own) }
        #expect(try ScopePolicy.smart.grant("system/*.rs?a=1", outOf: own).words.count == 100)
        // The same parts again take no room.
        let same: Scope = "system/*.rs system/*.cruds system/*.crs system/*.read system/*.*"
        #expect(try ScopePolicy.smart.grant(same, outOf: own).words.count == 200)
    }
}
