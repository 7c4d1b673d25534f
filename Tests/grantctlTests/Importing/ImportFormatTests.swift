import GrantCore
import Testing

@testable import grantctl

/// What each member of another system's client comes to. A row is the member's JSON and what the client then has.
struct ImportFormatTests {
    /// What an entry says in short: the client's members, its notes, or why there is none.
    private func told(_ format: ImportFormat, _ text: String) throws -> [String] {
        try format.entries(in: Array(text.utf8)).map { entry in
            switch entry.outcome {
            case .skipped(let reason): return "skipped: \(reason)"
            case .refused(let reason): return "refused: \(reason)"
            case .client(let client, let secrets):
                var words = [client.id.value]
                if let name = client.name { words.append("name=\(name)") }
                if !client.scope.isEmpty { words.append("scope=\(client.scope)") }
                if let lifetime = client.accessTokenLifetime { words.append("lifetime=\(lifetime)") }
                if let method = client.authenticationMethod { words.append("method=\(method)") }
                if !client.isActive { words.append("disabled") }
                words += secrets.map(told)
                return (words + entry.notes.map { "(\($0))" }).joined(separator: " ")
            }
        }
    }

    private func told(_ secret: ImportedSecret) -> String {
        let kind =
            switch secret.value {
            case .hash: "hash"
            case .chosen: "chosen"
            case .random: "random"
            }
        let made = secret.createdAt.map { "@\($0.seconds)" } ?? ""
        return kind + made + (secret.expiresAt.map { "-\($0.seconds)" } ?? "")
    }

    private static let bcrypt = "$2a$10$aaaaaaaaaaaaaaaaaaaaau" + String(repeating: "a", count: 31)
    private static let noSecret = "(the export does not contain its secret)"

    @Test(arguments: [
        ("", "a method=basic \(noSecret)"),
        (#""client_name":"A b""#, "a name=A b method=basic \(noSecret)"),
        (#""client_name":"""#, "a method=basic \(noSecret)"),
        (
            #""client_name":"\u0007""#,
            "a method=basic (its name was left out: a name has 1 to 250 bytes and no control characters) \(noSecret)"
        ),
        (#""scope":"x  y x""#, "a scope=x y method=basic \(noSecret)"),
        (#""scope":"\"""#, "refused: a word of its scope is not printable ASCII without \" and \\"),
        (#""token_endpoint_auth_method":"client_secret_post""#, "a method=body \(noSecret)"),
        (
            #""token_endpoint_auth_method":"none""#,
            "refused: it authenticates by none, and grantd only supports client secrets"
        ),
        (#""client_secret":"s3cret""#, "a method=basic chosen"),
        (#""client_secret":"\#(bcrypt)""#, "a method=basic hash"),
        (#""client_secret":"\#(bcrypt)","client_secret_expires_at":7"#, "a method=basic hash-7"),
        (
            #""client_secret":"$pbkdf2-sha256$i=25000,l=32$c2FsdA$aGFzaA""#,
            "a method=basic (its secret is hashed by PBKDF2, which grantd does not use)"
        ),
        (#""client_credentials_grant_access_token_lifespan":"1h30m0s""#, "a lifetime=5400 method=basic \(noSecret)"),
        (#""client_credentials_grant_access_token_lifespan":600000000000"#, "a lifetime=600 method=basic \(noSecret)"),
        (#""client_credentials_grant_access_token_lifespan":null"#, "a method=basic \(noSecret)"),
        (#""client_credentials_grant_access_token_lifespan":"500ms""#, "a method=basic \(noSecret)"),
        (
            #""audience":["x"]"#,
            "a method=basic \(noSecret) (its audience is left out: grantd's tokens have no audience)"
        ),
        (#""audience":"[]","metadata":{}"#, "a method=basic \(noSecret)"),
        (
            #""access_token_strategy":"jwt""#,
            "a method=basic \(noSecret) (its tokens were JWTs; grantd's are opaque, and an application has to introspect them)"
        ),
    ])
    func `a member of a client of Hydra`(member: String, expected: String) throws {
        let rest = member.isEmpty ? "" : ",\(member)"
        let client = #"{"client_id":"a","grant_types":["client_credentials"]\#(rest)}"#
        #expect(try told(.hydra, client) == [expected])
        #expect(try told(.hydra, #"{"items":[\#(client)]}"#) == [expected])
    }

    @Test(arguments: [
        #"["client_credentials"]"#, #"["password","client_credentials"]"#, #""client_credentials""#,
        #""authorization_code|client_credentials""#, #""[\"client_credentials\"]""#,
    ])
    func `the table of Hydra writes lists as text`(grants: String) throws {
        let row = #"{"id":"a","grant_types":\#(grants),"client_secret":"x"}"#
        #expect(try told(.hydra, "\(row)\n\n\(row)\n").allSatisfy { $0.hasPrefix("a method=basic chosen") })
    }

    @Test(arguments: ["", #","grant_types":[]"#, #","grant_types":["authorization_code"]"#, #","grant_types":null"#])
    func `a client of Hydra of other grants is skipped`(member: String) throws {
        #expect(try told(.hydra, #"[{"client_id":"a"\#(member)}]"#) == ["skipped: it has no client_credentials grant"])
    }

    @Test(arguments: [
        (#""secret":"chosen by a person""#, "a chosen"),
        (#""secret":"mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6A""#, "a random"),
        (
            #""secret":"mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6A","attributes":{"client.secret.creation.time":"5"}"#,
            "a random@5"
        ),
        (#""secret":"4c1c2f0e-6a0b-4b8e-9c70-1f6f3f7f7a55""#, "a chosen"),
        (#""secret":"x","attributes":{"client.secret.expiration.time":"9"}"#, "a chosen-9"),
        (#""secret":"x","attributes":{"client.secret.expiration.time":"0"}"#, "a chosen"),
        (
            #""secret":"x","attributes":{"client.secret.rotated":"y","client.secret.rotated.expiration.time":"8"}"#,
            "a chosen chosen-8"
        ),
        (#""secret":"**********""#, "a (the export hides its secret; export the realm by kc.sh export)"),
        (#""secret":"${vault.a}""#, "a (its secret is in a vault, not in the export)"),
        (#""name":"A""#, "a name=A \(noSecret)"),
        (#""enabled":false"#, "a disabled \(noSecret)"),
        (#""attributes":{"access.token.lifespan":"600"}"#, "a lifetime=600 \(noSecret)"),
        (#""attributes":{"access.token.lifespan":"-1"}"#, "a \(noSecret)"),
        (#""defaultClientScopes":["roles","x","profile","y"]"#, "a scope=x y \(noSecret)"),
        (#""optionalClientScopes":["phone"]"#, "a \(noSecret)"),
        (
            #""defaultClientScopes":["x"],"optionalClientScopes":["z"]"#,
            "a scope=x z (its optional scopes, z, are granted to a request without scope too) \(noSecret)"
        ),
        (
            #""protocolMappers":[{}]"#,
            "a \(noSecret) (its protocol mappers are left out: grantd's tokens are opaque and carry no claims)"
        ),
        (
            #""authorizationServicesEnabled":true"#,
            "a \(noSecret) (its authorization services are left out: what a token may do is its scope alone)"
        ),
        (
            #""attributes":{"dpop.bound.access.tokens":"true"}"#,
            "a \(noSecret) (its tokens were bound to a key; grantd's are bearer tokens)"
        ),
        (
            #""standardFlowEnabled":true"#,
            "a \(noSecret) (it keeps the client credentials grant alone, without authorization_code)"
        ),
        (
            #""clientAuthenticatorType":"client-x509""#,
            "refused: it authenticates by client-x509, and grantd only supports client secrets"
        ),
        (#""publicClient":true"#, "skipped: it is public: it has no secret"),
        (#""bearerOnly":true"#, "skipped: it is bearer-only: it gets no tokens"),
        (#""protocol":"saml""#, "skipped: its protocol is saml"),
    ])
    func `a member of a client of Keycloak`(member: String, expected: String) throws {
        let client = #"{"clientId":"a","serviceAccountsEnabled":true,\#(member)}"#
        #expect(try told(.keycloak, client) == [expected])
        #expect(try told(.keycloak, #"[{"realm":"r","clients":[\#(client)]}]"#) == [expected])
    }

    @Test func `a client of Keycloak without a lifetime has its realm's`() throws {
        let clients = #"[{"clientId":"a","serviceAccountsEnabled":true,"secret":"x"},{"clientId":"b"}]"#
        let realm = #"{"realm":"r","accessTokenLifespan":300,"clients":\#(clients)}"#
        let skipped = "skipped: its service account, which is the client credentials grant, is off"
        #expect(try told(.keycloak, realm) == ["a lifetime=300 chosen", skipped])
        #expect(throws: UnreadableExport(reason: "the realm was exported without its clients")) {
            try told(.keycloak, #"{"realm":"r"}"#)
        }
    }

    @Test(arguments: [
        (#""secret":"s""#, "a chosen"),
        (#""secret":"$ecret""#, "a chosen"),
        (#""secret":"\#(bcrypt)""#, "a hash"),
        (#""secret":"s","name":"A""#, "a name=A chosen"),
        (#""secret":"s","scope":["x","y z"]"#, "a scope=x y z chosen"),
        (#""secret":"s","auth":{"client_credentials":{"access_token_expiration":900}}"#, "a lifetime=900 chosen"),
        (
            #""secret":"s","auth":{"client_credentials":{"access_token_expiration":0}}"#,
            "a chosen (its tokens' lifetime of 0 s was left out: 1 to 31536000 is taken)"
        ),
        (
            #""secret":"s","auth":{"client_credentials":{"token_format":"jwt"}}"#,
            "a chosen (its tokens were JWTs; grantd's are opaque, and an application has to introspect them)"
        ),
        (
            #""secret":"s","auth":{"client_credentials":{"audience":"u"}}"#,
            "a chosen (its audience is left out: grantd's tokens have no audience)"
        ),
        (
            #""secret":"s","auth":{"client_credentials":{"refresh_token":true}}"#,
            "a chosen (it got refresh tokens; with grantd it asks for another token)"
        ),
        (
            #""auth":{"client_credentials":{"client_assertion_types":["x"]}}"#,
            "refused: it authenticates by a signed assertion, and grantd only supports client secrets"
        ),
        (#""resourceType":"User""#, "skipped: its resourceType is User"),
        (#""grant_types_":1"#, "a \(noSecret)"),
    ])
    func `a member of a client of Aidbox`(member: String, expected: String) throws {
        let client = #"{"id":"a","grant_types":["client_credentials"],\#(member)}"#
        #expect(try told(.aidbox, client) == [expected])
        let bundle = #"{"resourceType":"Bundle","entry":[{"resource":\#(client)},{"resource":\#(client)}]}"#
        #expect(try told(.aidbox, bundle) == [expected, expected])
    }

    @Test func `a client of Aidbox of other grants is skipped and one without an id refused`() throws {
        let text = #"[{"id":"a","grant_types":["basic","password"]},{"grant_types":["client_credentials"]},7]"#
        let refused = "refused: it is not a resource of Aidbox: no id"
        let skipped = "skipped: it has no client_credentials grant, but basic, password"
        #expect(try told(.aidbox, text) == [skipped, refused, refused])
    }
}
