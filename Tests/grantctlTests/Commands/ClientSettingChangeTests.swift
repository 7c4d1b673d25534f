import ArgumentParser
import FileStore
import GrantCore
import JOSE
import Testing

@testable import grantctl

@Suite struct ClientSettingChangeTests {
    private let client: Client
    private let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        var client = Client(id: try #require(ClientID("web")))
        client.scope = try #require(Scope("a b"))
        client.accessTokenLifetime = 60
        self.client = client
    }

    private func changed(_ words: String...) throws -> Client {
        let command = try #require(Grantctl.parseAsRoot(["client", "set", "web"] + words) as? ClientSet)
        var changed = client
        try command.change().apply(to: &changed, at: now)
        return changed
    }

    @Test func `Scope is replaced, added and taken away`() throws {
        #expect(try changed("--scope", "c", "--scope", "d a").scope.words == ["c", "d", "a"])
        #expect(try changed("--scope", "").scope.isEmpty)
        #expect(try changed("--add-scope", "c a").scope.words == ["a", "b", "c"])
        #expect(try changed("--remove-scope", "a").scope.words == ["b"])
        #expect(try changed("--add-scope", "c", "--remove-scope", "a").scope.words == ["b", "c"])
    }

    @Test func `The rest is set, or left to the server`() throws {
        let all = try changed("--name", "Web", "--lifetime", "1h", "--method", "client_secret_post", "--introspect")
        #expect(all.name == "Web" && all.accessTokenLifetime == 3600)
        #expect(all.authenticationMethod == .body && all.mayIntrospect)
        #expect(all.scope == client.scope)
        let none = try changed("--name", "", "--lifetime", "default", "--auth-method", "any", "--no-introspect")
        #expect(none.name == nil && none.accessTokenLifetime == nil)
        #expect(none.authenticationMethod == nil && !none.mayIntrospect)
    }

    @Test func `Scope that is not there cannot be taken away, and too much cannot be added`() throws {
        #expect(throws: AdministrationError.refused("client web does not have the scope c; its scope is: a b")) {
            try changed("--remove-scope", "a c")
        }
        let long = String(repeating: "x", count: Client.longestScope - 3)
        #expect(throws: AdministrationError.self) { try changed("--add-scope", long) }
        #expect(try changed("--add-scope", String(long.dropLast())).scope.words.count == 3)
    }

    @Test(arguments: [
        (["--remove-scope", "a"], true), (["--no-introspect"], true),
        (["--remove-scope", "a", "--no-introspect"], true),
        (["--introspect"], false), (["--scope", "a"], true), (["--scope", "a b"], true), (["--scope", "a c"], false),
        (["--remove-scope", "a", "--add-scope", "c"], false),
        (["--lifetime", "1"], false), (["--remove-audience", "one"], true), (["--audience", "two"], true),
        (["--audience", ""], true), (["--audience", "three"], false), (["--add-audience", "three"], false),
        (["--default-audience", ""], false), (["--token-format", "opaque"], false),
        (["--assertion-alg", "ES256"], false), (["--assertion-aud", "issuer"], true),
        (["--assertion-aud", "any"], false),
    ])
    func `What only takes away is told from the rest`(words: [String], onlyTakesAway: Bool) throws {
        let command = try #require(Grantctl.parseAsRoot(["client", "set", "web"] + words) as? ClientSet)
        var client = client
        client.audiences = try #require(Audience(["one", "two"]))
        #expect(try command.change().onlyTakesAway(from: client) == onlyTakesAway)
    }

    @Test func `Audiences are replaced, added and taken away, and the default is of them`() throws {
        let all = try changed("--audience", "one", "--audience", "two", "--default-audience", "two")
        #expect(all.audiences.names == ["one", "two"] && all.defaultAudience.names == ["two"])
        #expect(try changed("--add-audience", "one").audiences.names == ["one"])
        #expect(throws: AdministrationError.self) { try changed("--default-audience", "one") }
        #expect(throws: AdministrationError.refused("client web does not have the audience x; its audiences are: none"))
        {
            try changed("--remove-audience", "x")
        }
        let format = try changed("--token-format", "jwt", "--assertion-alg", "ES384")
        #expect(format.tokenFormat == .jwt && format.assertions.algorithm == .es384)
        let usual = try changed("--token-format", "default", "--assertion-alg", "any")
        #expect(usual.tokenFormat == nil && usual.assertions.algorithm == nil)
    }

    @Test func `Whom an assertion has to be for is set, and told`() throws {
        let changed = try changed("--assertion-aud", "issuer")
        #expect(changed.assertions.areForIssuerOnly)
        #expect(
            SettingDifference(from: client, to: changed).text == "audience of assertions: issuer or endpoint -> issuer"
        )
        var usual = changed
        try ClientSettingChange(assertionsAreForIssuerOnly: false).apply(to: &usual, at: now)
        #expect(!usual.assertions.areForIssuerOnly)
    }

    @Test func `How long an assertion may last and what more scope leads to are set, and told`() throws {
        let changed = try changed("--assertion-lifetime", "1h", "--scope-policy", "smart")
        #expect(changed.assertions.longestLifetime == 3600 && changed.scopePolicy == .smart)
        let text = "scope policy: exact -> smart\nassertion lifetime: 300 s -> 3600 s"
        #expect(SettingDifference(from: client, to: changed).text == text)
        let change = ClientSettingChange(scopePolicy: .exact, assertionLifetime: .server)
        var usual = changed
        try change.apply(to: &usual, at: now)
        #expect(usual.assertions.longestLifetime == 300 && usual.scopePolicy == .exact)
    }

    @Test func `A name of the default cannot be taken away alone`() throws {
        var client = client
        client.audiences = try #require(Audience(["one", "two"]))
        client.defaultAudience = try #require(Audience(["one"]))
        var change = ClientAudienceChange(removed: try #require(Audience(["one"])))
        #expect(throws: AdministrationError.self) { try change.apply(to: &client) }
        change.standard = Audience.none
        try change.apply(to: &client)
        #expect(client.audiences.names == ["two"] && client.defaultAudience.isEmpty)
    }

    @Test func `A method for which the client has nothing is set by force alone`() throws {
        var client = client
        client.secrets = [StoredSecret(hash: .sha256([UInt8](repeating: 1, count: 32)), createdAt: now)]
        let change = ClientSettingChange(method: .own(.privateKeyJWT))
        #expect(throws: AdministrationError.self) { try change.apply(to: &client, at: now) }
        try change.apply(to: &client, at: now, force: true)
        #expect(client.authenticationMethod == .privateKeyJWT)
    }

    @Test func `The difference is told by the members of the file`() throws {
        let difference = SettingDifference(from: client, to: try changed("--add-scope", "c", "--lifetime", "default"))
        #expect(difference.text == "scope: a b -> a b c\ntoken lifetime: 60 s -> the server's")
        #expect(difference.concernsTokens)
        let json = try Report(json: difference, text: "").encoded()
        #expect(json.contains(#"{"from":60,"member":"access_token_lifetime","to":null}"#))
        #expect(!SettingDifference(from: client, to: try changed("--name", "x")).concernsTokens)
    }
}
