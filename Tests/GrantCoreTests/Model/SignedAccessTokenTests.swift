import Encoding
import GrantCore
import Testing

/// What of a signed token is read to find its record.
struct SignedAccessTokenTests {
    private static let handle = String(repeating: "aZ09_-", count: 10) + "abcd"

    /// A token whose claims begin so, with a header before them and a text behind.
    private func token(_ claims: String, header: String = "e30", behind: String = ".c2ln") -> String {
        "\(header).\(Base64.url.encode(Array(claims.utf8)))\(behind)"
    }

    /// A token of so many characters.
    private func token(ofLength length: Int) -> String {
        let text = token(#"{"jti":"\#(Self.handle)","#)
        return text + String(repeating: "A", count: length - text.utf8.count)
    }

    @Test func `its handle is the jti that its claims begin with`() throws {
        for claims in [#"{"jti":"\#(Self.handle)"}"#, #"{"jti":"\#(Self.handle)","iss":"x"}"#] {
            let token = try #require(AccessToken(token(claims)))
            #expect(token.handle == Self.handle && token.isSigned)
            #expect(token.exposedValue == self.token(claims))
        }
    }

    @Test func `an opaque one is its own handle`() throws {
        let token = try #require(AccessToken(Self.handle))
        #expect(token.handle == Self.handle && !token.isSigned)
    }

    @Test(arguments: [(81, false), (110, true), (4096, true), (4097, false), (100_000, false)])
    func `it has at most 4096 characters`(length: Int, isToken: Bool) {
        let text = length < 110 ? String(repeating: "a", count: length) : token(ofLength: length)
        #expect((AccessToken(text) != nil) == isToken)
    }

    @Test(arguments: [
        #"{"iss":"x","jti":""#, #"{"jti" :""#, #" {"jti":""#, #"{"JTI":""#, #"{"jti":["#, #"["jti":""#,
        #"{"jt\u0069":"#,
    ])
    func `claims that begin otherwise are none of ours`(beginning: String) {
        #expect(AccessToken(token(beginning + Self.handle + #"","iss":"x","aud":"y"}"#)) == nil)
    }

    @Test(arguments: ["\"", ".", "+", "/", "=", " ", "\u{0}", "\\", "\u{7F}"])
    func `a handle has the letters of opaque tokens alone`(letter: String) {
        #expect(AccessToken(token(#"{"jti":"\#(Self.handle.dropLast())\#(letter)","x":1}"#)) == nil)
        #expect(AccessToken(token(#"{"jti":"\#(letter)\#(Self.handle.dropFirst())","x":1}"#)) == nil)
    }

    @Test func `a short handle is none`() {
        #expect(AccessToken(token(#"{"jti":"\#(Self.handle.dropLast())","iss":"x"}"#)) == nil)
        #expect(AccessToken(token(#"{"jti":"abc"}"#) + String(repeating: "a", count: 60)) == nil)
    }

    @Test func `without a dot, and with its claims cut short, it is none`() throws {
        let whole = token(#"{"jti":"\#(Self.handle)"}"#)
        #expect(AccessToken(whole.replacing(".", with: "")) == nil)
        // The handle ends at the hundredth character.
        #expect(AccessToken(String(whole.prefix(100))) == nil)
        #expect(AccessToken(String(whole.prefix(101))) != nil)
        #expect(AccessToken(String(repeating: "a", count: 99) + ".") == nil)
        #expect(AccessToken(String(repeating: ".", count: 4096)) == nil)
    }

    @Test func `it prints nothing of itself`() throws {
        let token = try #require(AccessToken(token(#"{"jti":"\#(Self.handle)"}"#)))
        #expect("\(token) \(String(reflecting: token))" == "<redacted> <redacted>")
        #expect(token.fingerprint.utf8.count == 16 && token.fingerprint != AccessToken(Self.handle)?.fingerprint)
    }
}
