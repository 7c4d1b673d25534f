import Testing

@testable import grantctl

@Suite struct PresentedTokenTests {
    @Test(arguments: [
        "abc", " abc\n", "\"abc\"", "'abc',", "Bearer abc", "bearer\tabc", "Authorization: Bearer abc\r\n",
        "AUTHORIZATION:bearer  abc", "'Authorization: Bearer abc'", #"{"access_token":"abc","expires_in":1}"#,
        "\n { \"access_token\" : \" abc \" }\n", #"{"token":"abc"}"#,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"access_token\":\"abc\"}",
    ])
    func `A token is found in what is around it`(input: String) throws {
        #expect(try PresentedToken.text(in: input) == "abc")
    }

    @Test(arguments: [
        "Bearerabc", "Bearer", "a b", "eyJ.a.b", "Authorization", "abc\ndef",
    ])
    func `What is not around a token stays`(input: String) throws {
        #expect(try PresentedToken.text(in: input) == input)
    }

    @Test(arguments: [
        ("", InputError.empty), (" \"\" ", .empty), ("Authorization:", .empty), (#"{"access_token":" "}"#, .empty),
        ("{", .notAnAnswer), (#"{"access_token":"a"}}"#, .notAnAnswer),
        (#"{"access_token":"a","access_token":"b"}"#, .notAnAnswer), ("{}", .noTokenInAnswer(isError: false)),
        (#"{"access_token":1}"#, .noTokenInAnswer(isError: false)),
        (#"{"error":"invalid_client"}"#, .noTokenInAnswer(isError: true)),
    ])
    func `What holds no token is refused`(input: String, error: InputError) {
        #expect(throws: error) { try PresentedToken.text(in: input) }
    }
}
