import GrantCore
import Testing

@testable import FileStore

/// What a declaration makes of a registration, and how that differs from what there was.
struct DeclaredClientTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let first = "sha256:" + String(repeating: "1", count: 64)
    private static let second = "sha256:" + String(repeating: "2", count: 64)
    private static let point =
        #""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
    private static let edwards = #""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#
    private static let generation = Generation(random: [0, 1, 2, 3, 4, 5, 6, 7])

    private func file(_ members: String) throws -> ClientFile {
        try ClientFile(Array(#"{"client_id":"a"\#(members)}"#.utf8))
    }

    private func applied(_ members: String, to present: ClientFile?) throws -> ClientFile {
        try DeclaredClient(Array(#"{"client_id":"a"\#(members)}"#.utf8))
            .applied(to: present, generated: nil, generation: Self.generation, at: Self.now)
    }

    @Test func `a new client has a generation and the times of its secrets`() throws {
        let made = try applied(#","secrets":[{"hash":"\#(Self.first)"}]"#, to: nil)
        #expect(made.client.generation == Self.generation && made.client.notBefore == nil)
        #expect(made.client.secrets.map(\.createdAt) == [Self.now])
    }

    @Test func `tokens of an earlier client of a declared generation are dead`() throws {
        let made = try applied(#","generation":"fixed""#, to: nil)
        #expect(made.client.generation?.value == "fixed" && made.client.notBefore == Self.now)
        let again = try applied(#","generation":"fixed""#, to: made)
        #expect(ClientDifference.all(from: made, to: again).isEmpty)
    }

    /// What there is, what is declared, and the differences in short.
    @Test(arguments: [
        ("", "", []),
        (#","active":true,"grant_types":["client_credentials"]"#, "", []),
        (#","active":false,"generation":"g","not_before":5"#, "", []),
        (#","secrets":[{"hash":"\#(first)","created_at":1}]"#, "", []),
        (#","secrets":[{"hash":"\#(first)","created_at":1}]"#, #","secrets":[{"hash":"\#(first)"}]"#, []),
        (#","secrets":[{"hash":"\#(first)"}]"#, #","secrets":[{"hash":"\#(first)"}]"#, []),
        (#","secrets":[{"hash":"\#(first)","note":"x"}]"#, #","secrets":[{"hash":"\#(first)"}]"#, []),
        (
            #","secrets":[{"hash":"\#(first)","expires_at":9}]"#, #","secrets":[{"hash":"\#(first)"}]"#,
            ["secrets 0 0 1"]
        ),
        (#","secrets":[{"hash":"\#(first)"}]"#, #","secrets":[{"hash":"\#(second)"}]"#, ["secrets 1 1 0"]),
        (#","secrets":[{"hash":"\#(first)"}]"#, #","secrets":[]"#, ["secrets 0 1 0"]),
        (#","x":1,"y":2"#, #","y":3"#, ["y"]),
        (
            #","client_name":"A","scope":"a","introspect":true"#, "",
            ["client_name \"A\" -", "scope \"a\" -", "introspect true -"]
        ),
        (#","scope":"a b""#, #","scope":"a""#, [#"scope "a b" "a""#]),
        (#","access_token_lifetime":6e2"#, #","access_token_lifetime":600"#, []),
        (#","access_token_lifetime":6"#, #","access_token_lifetime":600"#, ["access_token_lifetime 6 600"]),
        (#","active":true"#, #","active":false"#, ["active true false"]),
        (#","generation":"g""#, #","generation":"h""#, [#"generation "g" "h""#]),
        (
            "", #","token_endpoint_auth_method":"client_secret_basic""#,
            [#"token_endpoint_auth_method - "client_secret_basic""#]
        ),
        (
            #","audiences":["a","b"],"default_audience":"a""#, #","audiences":"a","access_token_format":"jwt""#,
            [#"audiences ["a","b"] ["a"]"#, #"default_audience ["a"] -"#, #"access_token_format - "jwt""#]
        ),
        (#","scope_policy":"exact""#, #","scope_policy":"smart""#, [#"scope_policy - "smart""#]),
        (
            #","assertion_lifetime":300"#,
            #","token_endpoint_auth_signing_alg":"ES256","token_endpoint_auth_aud":"issuer","assertion_lifetime":60"#,
            [
                #"token_endpoint_auth_signing_alg - "ES256""#, #"token_endpoint_auth_aud - "issuer""#,
                "assertion_lifetime - 60",
            ]
        ),
        (
            #","jwks":{"keys":[{\#(point),"kid":"a"}]}"#, #","jwks":{"keys":[{\#(edwards),"kid":"b"}]}"#,
            [#"jwks +["b"] -["a"]"#]
        ),
        (#","jwks":{"keys":[{\#(point),"kid":"a","x5t":"y"}]}"#, #","jwks":{"keys":[{\#(point),"kid":"a"}]}"#, []),
        (
            #","jwks":{"keys":[{\#(point)}]}"#, "", [#"jwks +[] -["oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"]"#]
        ),
    ])
    func `what a declaration changes of a client`(present: String, declared: String, differences: [String]) throws {
        let old = try file(present)
        let new = try applied(declared, to: old)
        let found = ClientDifference.all(from: old, to: new).map { difference in
            switch difference {
            case .value(let member, let from, let to): "\(member) \(from ?? "-") \(to ?? "-")"
            case .unknown(let member): member
            case .keys(let added, let removed): "jwks +\(added) -\(removed)"
            case .secrets(let added, let removed, let changed):
                "secrets \(added.count) \(removed.count) \(changed.count)"
            }
        }
        #expect(found == differences)
        let again = try applied(declared, to: ClientFile(new.bytes()))
        #expect(ClientDifference.all(from: new, to: again).isEmpty, "a second run changes nothing")
    }

    @Test(arguments: [
        (#","scope":"a""#, #","scope":"b","client_name":"B""#, [ClientChange.other]),
        (#","scope":"a b""#, #","scope":"b""#, [.restrict]), (#","scope":"a b""#, "", [.restrict]),
        (#","scope":"a""#, #","scope":"a b""#, [.other]),
        (#","introspect":true"#, "", [.restrict]), ("", #","introspect":true"#, [.other]),
        (#","active":true"#, #","active":false"#, [.disable]), (#","active":false"#, #","active":true"#, [.enable]),
        (#","not_before":5"#, #","not_before":6"#, [.revokeTokens]), ("", #","not_before":6"#, [.revokeTokens]),
        (#","not_before":6"#, #","not_before":5"#, [.other]), (#","generation":"g""#, #","generation":"h""#, [.other]),
        (#","secrets":[]"#, #","secrets":[{"hash":"\#(first)"}]"#, [.rotate]),
        (#","secrets":[{"hash":"\#(first)"}]"#, #","secrets":[]"#, [.endSecret]),
        ("", #","jwks":{"keys":[{\#(point)}]}"#, [.rotate]), (#","jwks":{"keys":[{\#(point)}]}"#, "", [.endSecret]),
        (#","audiences":["a","b"]"#, #","audiences":["b"]"#, [.restrict]),
        (#","audiences":["a","b"]"#, "", [.restrict]),
        (#","audiences":["a"]"#, #","audiences":["a","b"]"#, [.other]), ("", #","audiences":"a""#, [.other]),
        ("", #","token_endpoint_auth_aud":"issuer""#, [.restrict]),
        (#","token_endpoint_auth_aud":"issuer""#, "", [.other]),
        ("", #","access_token_format":"jwt""#, [.other]),
    ])
    func `the audit has a kind for each difference`(present: String, declared: String, kinds: [ClientChange]) throws {
        let old = try file(present)
        let new = try applied(declared, to: old)
        #expect(ClientDifference.kinds(of: ClientDifference.all(from: old, to: new)) == kinds)
    }
}
