import GrantCore
import Testing

struct SecretAndTokenTests {
    @Test(arguments: ["a", " ", "s3cr%t:+/ ü", "line\nbreak", String(repeating: "x", count: 1024)])
    func `a secret is 1 to 1024 bytes of anything but NUL`(text: String) {
        #expect(ClientSecret(text)?.exposedValue == text)
    }

    @Test(arguments: ["", "\u{0}", "a\u{0}b", String(repeating: "x", count: 1025), String(repeating: "ü", count: 513)])
    func `a secret is not empty, not longer, and without NUL`(text: String) {
        #expect(ClientSecret(text) == nil)
    }

    @Test(arguments: ["a", "AZaz09-_", String(repeating: "x", count: 80)])
    func `a token is 1 to 80 characters of the URL alphabet`(text: String) {
        #expect(AccessToken(text)?.exposedValue == text)
    }

    @Test(arguments: ["", "a b", "a.b", "a+b", "a/b", "a=", "a\n", "ü", "a\u{0}", String(repeating: "x", count: 81)])
    func `a token is nothing else`(text: String) {
        #expect(AccessToken(text) == nil)
    }

    @Test func `every other byte of ASCII is refused in a token`() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)
        for value in UInt8(0)..<128 {
            let scalar = Unicode.Scalar(value)
            #expect((AccessToken(String(scalar)) != nil) == allowed.contains(scalar), "byte \(value)")
        }
    }
}
