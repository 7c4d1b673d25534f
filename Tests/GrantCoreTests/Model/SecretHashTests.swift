import GrantCore
import Testing

struct SecretHashTests {
    @Test func `a generated secret is kept as its SHA-256`() {
        // FIPS 180-2, appendix B.1.
        let written = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SecretHash(ofGenerated: "abc").written == written)
    }

    @Test(arguments: [
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "$y$j9T$aaaaaaaaaaaaaaaaaaaaa.$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ])
    func `a hash is written as it is parsed`(text: String) throws {
        #expect(try SecretHash(text).written == text)
    }

    @Test func `a hash has a short name of its own`() throws {
        // printf %s sha256:ba78…15ad | sha256sum | cut -c1-8
        #expect(SecretHash(ofGenerated: "abc").shortID == "908b76e2")
        #expect(SecretHash(ofGenerated: "abd").shortID != SecretHash(ofGenerated: "abc").shortID)
    }

    @Test func `hexadecimal digits are read in either case`() throws {
        let written = SecretHash(ofGenerated: "abc").written
        let upper = "sha256:" + written.dropFirst(7).uppercased()
        #expect(try SecretHash(upper) == SecretHash(ofGenerated: "abc"))
    }

    @Test(arguments: [
        "", "client-secret", "sha256:", "sha256", "sha256:zz",
        "sha256:" + String(repeating: "a", count: 62), "sha256:" + String(repeating: "a", count: 63),
        "sha256:" + String(repeating: "a", count: 66), "sha256:" + String(repeating: "g", count: 64),
        "SHA256:" + String(repeating: "a", count: 64), " sha256:" + String(repeating: "a", count: 64),
        "sha256: " + String(repeating: "a", count: 63), "sha512:" + String(repeating: "a", count: 128),
        "abJnggxhB/yWI", "*", "!", "$y$ $", "$y$ü", "$y$\n", "$y$\u{0}", "$" + String(repeating: "x", count: 384),
    ])
    func `other texts are no hash`(text: String) {
        #expect(throws: UnusableHash.self) { try SecretHash(text) }
    }

    @Test func `a secret ends at the moment of its end`() {
        let end = Fixture.now
        let secret = StoredSecret(hash: SecretHash(ofGenerated: "abc"), createdAt: nil, expiresAt: end)
        #expect(secret.isCurrent(at: Timestamp(microseconds: end.microseconds - 1)))
        #expect(!secret.isCurrent(at: end))
        #expect(!secret.isCurrent(at: end.adding(seconds: 1)))
        #expect(StoredSecret(hash: SecretHash(ofGenerated: "abc"), createdAt: nil).isCurrent(at: end))
    }
}
