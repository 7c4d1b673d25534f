import ArgumentParser
import FileStore
import GrantCore
import Testing

@testable import grantctl

@Suite struct ClientSettingChangeTests {
    private let client: Client

    init() throws {
        var client = Client(id: try #require(ClientID("web")))
        client.scope = try #require(Scope("a b"))
        client.accessTokenLifetime = 60
        self.client = client
    }

    private func changed(_ words: String...) throws -> Client {
        let command = try #require(Grantctl.parseAsRoot(["client", "set", "web"] + words) as? ClientSet)
        var changed = client
        try command.change().apply(to: &changed)
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
        (["--lifetime", "1"], false),
    ])
    func `What only takes away is told from the rest`(words: [String], onlyTakesAway: Bool) throws {
        let command = try #require(Grantctl.parseAsRoot(["client", "set", "web"] + words) as? ClientSet)
        #expect(try command.change().onlyTakesAway(from: client) == onlyTakesAway)
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
