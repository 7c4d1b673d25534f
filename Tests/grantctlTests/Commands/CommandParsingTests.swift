import ArgumentParser
import GrantCore
import Testing

@testable import grantctl

@Suite struct CommandParsingTests {
    @Test func `A new client is described by its options`() throws {
        let command = try #require(
            Grantctl.parseAsRoot([
                "client", "add", "web-app", "--name", "Web", "--scope", "a b", "--lifetime", "60", "--introspect",
                "--auth-method", "client_secret_post", "--secret-stdin", "--state", "/srv/grantd", "--json",
            ]) as? ClientAdd
        )
        #expect(command.client.id.value == "web-app")
        #expect(command.name == "Web")
        #expect(command.scope.flatMap(\.words) == ["a", "b"])
        #expect(command.lifetime == 60)
        #expect(command.authMethod == .body)
        #expect(command.introspect && command.secret.isChosen && command.common.json)
        #expect(command.common.state == "/srv/grantd")
    }

    @Test(arguments: [
        ["client"], ["client", "list"], ["client", "show", "a"], ["client", "rotate", "a", "--overlap", "31536000"],
        ["client", "disable", "a"], ["client", "enable", "a"], ["client", "remove", "a"],
        ["client", "revoke-tokens", "a"], ["client", "import", "--htpasswd"],
        ["client", "import", "--hydra", "clients.json"],
        ["client", "import", "--keycloak", "-"], ["client", "import", "--aidbox", "--dry-run"],
        ["client", "add", "a", "--jwks", "b"], ["client", "add", "a", "--jwks", "b", "--secret-stdin"],
        ["client", "add", "a", "--audience", "b", "--default-audience", "c", "--token-format", "jwt"],
        ["client", "set", "a", "--jwks", ""], ["client", "set", "a", "--add-jwks", "-", "--remove-key", "b"],
        ["client", "set", "a", "--name", ""], ["client", "end-secret", "a", "0f"],
        ["client", "forgive", "a", "--origin", "192.0.2.7"], ["client", "create", "a"], ["client", "ls"],
        ["client", "rm", "a"], ["client", "delete", "a"], ["token", "show"], ["client", "code", "a", "--for", "go"],
        ["token", "inspect"],
        ["token", "revoke"], ["token", "stats"],
        ["token", "purge"], ["key", "add"], ["key", "create", "--alg", "PS256", "--bits", "4096", "--at", "1h"],
        ["key", "list"], ["key", "ls"], ["key", "show", "a"], ["key", "retire", "a", "--after", "1d", "--force"],
        ["key", "remove", "a", "--force"], ["key", "rm", "a"], ["key", "delete", "a"],
    ])
    func `Every command is there, and prints JSON if asked`(words: [String]) throws {
        let command = try Grantctl.parseAsRoot(words)
        guard words.count > 1 else { return }
        #expect((command as? any StateCommand)?.common.json == false)
        #expect((try Grantctl.parseAsRoot(words + ["--json"]) as? any StateCommand)?.common.json == true)
    }

    @Test func `apply takes a directory and changes what it is told to`() throws {
        let plain = try #require(Grantctl.parseAsRoot(["apply", "declared"]) as? Apply)
        #expect(plain.directory == "declared" && !plain.dryRun && !plain.prune && !plain.generateSecrets)
        let all = ["apply", "declared", "--dry-run", "--prune", "--allow-empty", "--generate-secrets", "--json"]
        let full = try #require(Grantctl.parseAsRoot(all) as? Apply)
        #expect(full.dryRun && full.prune && full.allowEmpty && full.generateSecrets && full.common.json)
    }

    @Test func `Status and top take the state directory as the others do`() throws {
        let status = try #require(Grantctl.parseAsRoot(["status", "--state", "/srv/grantd", "--json"]) as? Status)
        #expect(status.common.state == "/srv/grantd" && status.common.json)
        let top = try #require(
            Grantctl.parseAsRoot(["top", "--state", "/srv/grantd", "--interval", "0.2", "--count", "3"]) as? Top
        )
        #expect(top.state == "/srv/grantd" && top.interval == 0.2 && top.count == 3)
        let plain = try #require(Grantctl.parseAsRoot(["top"]) as? Top)
        #expect(plain.interval == 1 && plain.count == nil)
    }

    @Test(arguments: [
        ["client", "add"], ["client", "add", ""], ["client", "add", "a\nb"],
        ["client", "add", String(repeating: "a", count: 251)], ["client", "add", "a", "--scope", "a  b"],
        ["client", "add", "a", "--scope", "ü"], ["client", "add", "a", "--scope", "a,b"],
        ["client", "set", "a"], ["client", "set", "a", "--scope", "a", "--add-scope", "b"],
        ["client", "set", "a", "--introspect", "--no-introspect"], ["client", "set", "a", "--method", "none"],
        ["client", "end-secret", "a"], ["client", "end-secret", "a", "xyz"],
        ["client", "end-secret", "a", "123456789"],
        ["client", "forgive", "a", "--origin", "here"],
        ["client", "add", "a", "--scope", String(repeating: "a", count: 7169)],
        ["client", "add", "a", "--lifetime", "0"],
        ["client", "add", "a", "--lifetime", "31536001"], ["client", "add", "a", "--lifetime", "1w"],
        ["client", "add", "a", "--name", ""], ["client", "add", "a", "--name", "a\u{1B}"],
        ["client", "add", "a", "--auth-method", "none"], ["client", "add", "a", "--secret", "b"],
        ["client", "add", "a", "--auth-method", "private_key_jwt"], ["client", "add", "a", "--audience", "b c"],
        ["client", "add", "a", "--jwks", "b", "--auth-method", "client_secret_basic"],
        ["client", "add", "a", "--jwks", "-", "--secret-stdin"], ["client", "add", "a", "--jwks", "b", "--for", "go"],
        ["client", "add", "a", "--token-format", "saml"], ["client", "set", "a", "--jwks", "b", "--add-jwks", "c"],
        ["client", "set", "a", "--audience", "b", "--add-audience", "c"], ["client", "set", "a", "--force"],
        ["client", "set", "a", "--assertion-lifetime", "2h"], ["client", "set", "a", "--scope-policy", "any"],
        ["client", "add", "a", "--assertion-lifetime", "5m"],
        ["client", "set", "a", "--assertion-alg", "none"], ["client", "set", "a", "--assertion-aud", "token"],
        ["client", "set", "a", "--token-format", "any"],
        ["token", "request", "--client", "a", "--alg", "ES256"], ["token", "request", "--client", "a", "--kid", "b"],
        ["token", "request", "--client", "a", "--key", "b", "--as", "basic"],
        ["token", "request", "--client", "a", "--resource", "orders"],
        ["client", "add", "a", "b"], ["client", "rotate", "a", "--overlap", "-1"], ["client", "show"],
        ["client", "import"], ["client", "import", "--hydra", "--aidbox"], ["client", "import", "--hydra", "a", "b"],
        ["apply"], ["apply", "a", "b"], ["apply", "a", "--allow-empty"],
        ["client", "add", "a", "--secret-stdin", "--hash-stdin"],
        ["token", "inspect", "token"], ["token", "revoke", "token"], ["nothing"],
        ["key", "add", "--alg", "HS256"], ["key", "add", "--alg", "es256"], ["key", "add", "--bits", "2048"],
        ["key", "add", "--alg", "RS256", "--bits", "2047"], ["key", "add", "--alg", "RS256", "--bits", "4104"],
        ["key", "add", "--at", "yesterday"], ["key", "show"], ["key", "show", "a.b"],
        ["key", "retire", "a", "--after", "-1"],
        ["status", "a"], ["top", "--json"], ["top", "--interval", "0.1"], ["top", "--interval", "61"],
        ["top", "--interval", "nan"], ["top", "--count", "0"],
    ])
    func `Wrong usage exits with 64`(words: [String]) {
        let error = #expect(throws: (any Error).self) { try Grantctl.parseAsRoot(words) }
        #expect(error.map { Grantctl.exitCode(for: $0) } == .usage)
    }

    @Test(arguments: [ClientAdd.self, ClientRotate.self] as [any ParsableCommand.Type])
    func `A secret is no argument of any command`(command: any ParsableCommand.Type) {
        #expect(!command.helpMessage().contains("--secret <"))
        #expect(!command.helpMessage().contains("--hash <"))
    }
}
