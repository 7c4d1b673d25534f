import Testing

@testable import grantctl

@Suite struct ShellWordTests {
    @Test(arguments: [
        ("orders", "orders"), ("a.b/c:d@e", "a.b/c:d@e"), ("", "''"), ("a b", "'a b'"), ("a'b", #"'a'\''b'"#),
        ("$x", "'$x'"), ("~", "'~'"), ("日", "'日'"), ("a\nb", "'a\nb'"),
    ])
    func `A word is quoted where a shell would take it for something else`(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    @Test func `An argument that looks like an option follows two hyphens`() {
        #expect(ShellWord.argument("-x y") == "-- '-x y'" && ShellWord.argument("x") == "x")
    }
}
