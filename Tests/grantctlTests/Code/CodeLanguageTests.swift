import GrantCore
import Remedies
import Testing

@testable import grantctl

@Suite("A client's code") struct CodeLanguageTests {
    private func values(_ method: ClientAuthenticationMethod? = nil) throws -> CodeValues {
        var client = Client(id: try #require(ClientID("the-id")))
        client.scope = try #require(Scope("it's $x"))
        client.authenticationMethod = method
        return CodeValues(url: try TokenURL("https://example.com/o'2"), client: client)
    }

    @Test(arguments: CodeLanguage.allCases)
    func `It has the URL and the scope, no id, no secret and no trailing blanks`(language: CodeLanguage) throws {
        let code = language.code(try values())
        #expect(code.contains("https://example.com/o") && code.contains("2/token"))
        #expect(code.contains("OAUTH_CLIENT_ID") && code.contains("OAUTH_CLIENT_SECRET") && !code.contains("the-id"))
        #expect(!code.contains("FIELDS") && !code.contains("HEADER"))
        #expect(!code.split(separator: "\n").contains { $0.last?.isWhitespace == true })
    }

    @Test(arguments: CodeLanguage.allCases)
    func `It sends id and secret as the client has to`(language: CodeLanguage) throws {
        let basic = language.code(try values(.basic))
        let form = language.code(try values(.body))
        #expect(basic != form && form.contains("client_secret") && !basic.contains("client_secret"))
    }

    @Test func `A value cannot end the text that it is in`() {
        #expect(#"a"b\c"#.doubleQuoted == #""a\"b\\c""#)
        #expect(#"a'b\c"#.singleQuotedForPHP == #"'a\'b\\c'"#)
        #expect(ShellWord.inQuotes("a'b$c") == #"'a'\''b$c'"#)
        #expect(
            ShellWord.quoted("web-app") == "web-app" && ShellWord.quoted("") == "''"
                && ShellWord.quoted("a b") == "'a b'"
        )
    }
}
