import FileStore
import GrantCore
import Testing

@Suite("Yescrypt keeps secrets that a person chose")
struct YescryptTests {
    @Test("a hash is met by its secret and by no other")
    func roundTrip() throws {
        let secret = try #require(ClientSecret("client-secret: Grüße+%/"))
        guard case .crypt(let hash) = Yescrypt.hash(of: secret) else {
            Issue.record("a chosen secret is hashed by crypt(3)")
            return
        }
        #expect(hash.hasPrefix("$y$"))
        #expect(Yescrypt().matches(secret, hash))
        #expect(!Yescrypt().matches(try #require(ClientSecret("client-secret: Grüße+%")), hash))
        #expect(Yescrypt.hash(of: secret) != .crypt(hash), "each hash has a salt of its own")
    }

    @Test("a hash of no method matches nothing", arguments: ["*0", "*1", "$", "$nothing$", "x"])
    func noMethod(_ hash: String) throws {
        #expect(!Yescrypt().matches(try #require(ClientSecret("*0")), hash))
    }
}
