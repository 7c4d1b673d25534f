import GrantCore
import Testing

@testable import grantctl

@Suite struct SecretWeaknessTests {
    @Test(arguments: [
        ("fifteen letters", "fewer than 16 characters"), ("ä", "fewer than 16"), ("aaaaaaaaaaaaaaaaaaaa", "only a few"),
        ("ababababcdcdcdcdeeee", "only a few"),
    ])
    func `Short secrets and those of few characters are weak, and are not repeated`(text: String, fault: String) throws
    {
        let secret = try #require(ClientSecret(text))
        let weakness = try #require(SecretWeakness.of(secret))
        #expect(weakness.contains(fault) && !weakness.contains(text + " "))
    }

    @Test(arguments: ["sixteen letters!", "aaaaaaaaaabcdef-", "日本語の秘密は十六文字以上あります"])
    func `Others are not`(text: String) throws {
        let secret = try #require(ClientSecret(text))
        #expect(SecretWeakness.of(secret) == nil)
    }
}
