import GrantCore
import JOSE
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
                if let keys = client.keys {
                    words.append("keys=\(keys.keys.compactMap(\.keyID).joined(separator: ","))")
                }
                if let algorithm = client.assertions.algorithm { words.append("alg=\(algorithm.rawValue)") }
                if !client.audiences.isEmpty {
                    words.append("audiences=\(client.audiences.names.joined(separator: ","))")
                }
                if !client.defaultAudience.isEmpty { words.append("by default") }
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
    private static let key =
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"k"}"#
    private static let quotedKeys = #"{"keys":[\#(key)]}"#.replacing("\"", with: "\\\"")
    private static let jwt =
        "(its tokens were JWTs; it gets opaque ones until grantctl client set --token-format jwt, with a signing key)"
    private static let byDefault =
        "(its tokens have an audience: a location takes them if it names that, set $oauth_audience)"
    private static let atURI =
        "refused: its keys are at its jwks_uri, which grantd does not fetch: write them into its jwks"

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
            "refused: it authenticates by none, and grantd supports client secrets and private_key_jwt"
        ),
        (
            #""token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[\#(key)]},"client_secret":"x""#,
            "a method=privateKeyJWT keys=k"
        ),
        (
            #""token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":"ES256","jwks":"\#(quotedKeys)""#,
            "a method=privateKeyJWT keys=k alg=ES256"
        ),
        (
            #""token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":"RS512","jwks":"\#(quotedKeys)""#,
            "refused: its assertions are signed by RS512, which grantd does not take"
        ),
        (
            #""token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"new"}]}"#,
            "refused: its jwks has no key that can be used: key number 1 is of a kty other than EC, RSA and OKP"
        ),
        (
            #""token_endpoint_auth_method":"private_key_jwt""#,
            "refused: it authenticates by private_key_jwt, and the export does not contain its jwks"
        ),
        (#""token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://a/","jwks":null"#, atURI),
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
        (#""audience":["x","https://y"]"#, "a method=basic audiences=x,https://y \(noSecret)"),
        (#""audience":"[]","metadata":{}"#, "a method=basic \(noSecret)"),
        (
            #""access_token_strategy":"jwt""#,
            "a method=basic \(noSecret) \(jwt)"
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
            "a \(noSecret) (its protocol mappers are left out: grantd's tokens carry no claims of the owner's)"
        ),
        (
            #""protocolMappers":[{"protocolMapper":"oidc-audience-mapper","config":{"included.custom.audience":"x"}}]"#,
            "a audiences=x by default \(noSecret) \(byDefault)"
        ),
        (
            #""clientAuthenticatorType":"client-jwt","secret":"x","attributes":{"use.jwks.string":"true","jwks.string":"\#(quotedKeys)"}"#,
            "a method=privateKeyJWT keys=k"
        ),
        (
            #""clientAuthenticatorType":"client-jwt","attributes":{"use.jwks.url":"true","jwks.url":"https://a/"}"#,
            "refused: its keys are at its jwks.url, which grantd does not fetch: write them into jwks.string"
        ),
        (
            #""clientAuthenticatorType":"client-jwt""#,
            "refused: it authenticates by a signed assertion, and the export does not contain its jwks.string"
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
            "refused: it authenticates by client-x509, and grantd supports client secrets and signed assertions"
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
            "a chosen \(jwt)"
        ),
        (
            #""secret":"s","auth":{"client_credentials":{"audience":"u"}}"#,
            "a audiences=u by default chosen \(byDefault)"
        ),
        (
            #""secret":"s","auth":{"client_credentials":{"refresh_token":true}}"#,
            "a chosen (it got refresh tokens; with grantd it asks for another token)"
        ),
        (
            #""auth":{"client_credentials":{"client_assertion_types":["x"]}}"#,
            "refused: it authenticates by a signed assertion, and the export does not contain its jwks"
        ),
        (#""jwks_uri":"https://a/","auth":{"client_credentials":{"client_assertion_types":["x"]}}"#, atURI),
        (
            #""jwks":[\#(key)],"auth":{"client_credentials":{"client_assertion_types":["x"]}}"#,
            "a method=privateKeyJWT keys=k"
        ),
        (
            #""secret":"s","jwks":[\#(key)],"auth":{"client_credentials":{"client_assertion_types":["x"]}}"#,
            "a keys=k chosen"
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
