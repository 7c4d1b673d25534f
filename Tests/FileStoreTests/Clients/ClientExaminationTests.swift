import GrantCore
import Testing

@testable import FileStore

/// What an administrator is told of a client that can authenticate by keys, or cannot.
struct ClientExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let key =
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
    private static let keys = #","jwks":{"keys":[\#(key)]}"#
    private static let secret = #","secrets":[{"hash":"sha256:\#(String(repeating: "1", count: 64))"}]"#
    private static let signs = #","token_endpoint_auth_method":"private_key_jwt""#

    /// The members of a file, and the beginnings of what is said of it.
    @Test(arguments: [
        ("", ["has no secret"]), (secret, []), (keys, []), (keys + secret, []), (signs + keys, []),
        (signs + secret, ["has private_key_jwt and no jwks"]), (signs, ["has private_key_jwt and no jwks"]),
        (keys + #","token_endpoint_auth_method":"client_secret_basic""#, ["has no secret"]),
        (signs + keys + #","token_endpoint_auth_signing_alg":"ES256""#, []),
        (signs + keys + #","token_endpoint_auth_signing_alg":"RS256""#, ["has no key for its"]),
        (
            signs + #","jwks":{"keys":[\#(key),{"kty":"new"}]}"#,
            ["has a key in its jwks that is not used: key number 2"]
        ),
        (secret + #","access_token_format":"jwt""#, ["gets signed tokens and has no audiences"]),
        (secret + #","access_token_format":"jwt","audiences":"a""#, ["gets signed tokens and has no default_audience"]),
        (secret + #","access_token_format":"jwt","audiences":"a","default_audience":"a""#, []),
    ])
    func `what keeps a client from working is said`(members: String, beginnings: [String]) throws {
        let file = try ClientFile(Array(#"{"client_id":"a"\#(members)}"#.utf8))
        let examination = ClientExamination(file, at: Self.now)
        let said = examination.problems + examination.notices
        #expect(said.count == beginnings.count, "\(said)")
        for (sentence, beginning) in zip(said, beginnings) { #expect(sentence.hasPrefix(beginning)) }
    }
}
