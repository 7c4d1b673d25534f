import Testing

@testable import Remedies

@Suite struct ShellWordTests {
    @Test(arguments: [
        ("web-app", "web-app"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$(id)", "'$(id)'"),
        ("/var/lib/grantd", "/var/lib/grantd"), ("ü", "'ü'"), ("--scope=a", "--scope=a"), ("~", "'~'"),
        ("'", "''\\'''"),
    ])
    func `A word is quoted if a shell would change it`(word: String, quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}
