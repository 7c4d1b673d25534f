import FileStore
import GrantCore
import Testing

@Suite("Yescrypt keeps secrets that a person chose")
struct YescryptTests {
    @Test
    func `a hash is met by its secret and by no other`() throws {
        let secret = try #require(ClientSecret("client-secret: Grüße+%/"))
        guard case .crypt(let hash) = Yescrypt.hash(of: secret) else {
            Issue.record("a chosen secret is hashed by crypt(3)")
            return
        }
        #expect(hash.hasPrefix("$y$"))
        #expect(Yescrypt().matches(secret, hash) == true)
        #expect(Yescrypt().matches(try #require(ClientSecret("client-secret: Grüße+%")), hash) == false)
        #expect(Yescrypt.hash(of: secret) != .crypt(hash), "each hash has a salt of its own")
    }

    @Test(arguments: ["*0", "*1", "$", "$nothing$", "x"])
    func `a hash of no method is not computed`(_ hash: String) throws {
        #expect(Yescrypt().matches(try #require(ClientSecret("*0")), hash) == nil)
    }
}
