import ArgumentParser
import Testing

@testable import grantctl

@Suite struct UsageHintsTests {
    private func hints(_ words: [String]) -> [String] {
        do {
            _ = try Grantctl.parseAsRoot(words)
            return ["taken"]
        } catch {
            let refusal = Grantctl.fullMessage(for: error)
            return UsageHints(program: "grantctl", words: words, root: Grantctl.self, refusal: refusal).lines
        }
    }

    @Test(arguments: [
        (["clients"], "Did you mean 'grantctl client'?"), (["client", "ad"], "Did you mean 'grantctl client add'?"),
        (["client", "lst"], "Did you mean 'grantctl client list'?"), (["hlep"], "Did you mean 'grantctl help'?"),
        (["rotate", "a"], "Did you mean 'grantctl client rotate'?"),
        (["client", "purge"], "Did you mean 'grantctl token purge'?"),
        (["client", "add", "x", "--scope", "a", "b"], "Put quotes around a value with blanks: --scope 'a b'"),
        (["client", "add", "x", "–scope", "a"], "\"–scope\" begins with a typographic dash: type --scope"),
        (["client", "add", "x", "—json"], "\"—json\" begins with a typographic dash: type --json"),
        (["client", "add", "x", "--scope", "“a”"], "\"“a”\" has typographic quotation marks: type ' or \" instead."),
        (["client", "add"], "Give an id for the new client: grantctl client add web-app"),
        (["client", "show"], "grantctl client list shows the ids."),
        (["client", "end-secret", "a b"], "grantctl client show 'a b' shows the secrets' names."),
        (["key", "retire"], "grantctl key list shows the keys."),
        (
            ["client", "add", "x", "--secret", "s"],
            "A secret is not an argument, since other users see those: --secret-stdin reads it from standard input."
        ),
    ])
    func `A refused command line says what may be meant`(words: [String], hint: String) {
        #expect(hints(words) == [hint])
    }

    @Test(arguments: [["foo"], ["status", "x"], ["client", "add", "x", "--lifetime", "1y"], ["top", "--count", "0"]])
    func `Where nothing is near, nothing is guessed`(words: [String]) {
        #expect(hints(words) == [])
    }

    @Test(arguments: [" a", "a ", "–json", "—x"])
    func `An id that is a slip makes no client`(id: String) {
        let error = #expect(throws: (any Error).self) { try Grantctl.parseAsRoot(["client", "add", id]) }
        #expect(
            error.map {
                Grantctl.fullMessage(for: $0).contains("leave it out")
                    || Grantctl.fullMessage(for: $0).contains("type hyphens")
            } == true
        )
        #expect((try? Grantctl.parseAsRoot(["client", "show", id])) != nil, "one that is there can be removed")
    }
}
