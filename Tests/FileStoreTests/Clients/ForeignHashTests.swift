import FileStore
import GrantCore
import Testing

@Suite("Hashes of other systems are met by their secrets")
struct ForeignHashTests {
    /// Hashes of "a chosen secret", and what made them.
    static let hashes = [
        // htpasswd -niB, -ni5 and -ni2, of apache2-utils
        "$2y$05$sdZmsnMaV9/fiZtRc3RpDeuSi/n0r32g28Fsjc6r7G3.5k/m83.eC",
        "$6$s1sh58LlhRlhSosA$Sfquap2/mQtA8kFj3O9vKPhsA6qHXN8AJC/trnXmvCgB22inFsETW4JUwVLYzjiYv8le/lvk8SR45SUVLhe5M/",
        "$5$FzGmp5WTtH.aMx.m$n9NhKXdBN.bKw.fytmsTV37bUJsrXhfogNtF74zdv72",
        // openssl passwd -6
        "$6$9NBA6apt5NjTH8RH$Okqr8NeP1Vejqh1Lq30kIyAF9ZhRHxowSKZnjp/FZwuXzONYAVei7pImlQQN0Bpvh12PETY4cBGLI8AO4/Xks0",
        // crypt(3), by Python's module
        "$6$rounds=1000$dNtDBAdcwvKA7u0g$XOgD.zidO5.DRvSg8e.VSUpgcBV45.WhVmXRy1vOyhiaNBhACsABxnQ/fIe3i4wkElruhIChh1VLSpbaadLXm/",
        "$y$j75$abcdefgh.saltsaltsalt1$0cgPMOWSLUrI1NXsEd7pLWl1AAd7tJPYEw8eNx1lrw5",
        "$gy$j75$abcdefgh.saltsaltsalt1$pUXQC7BnheOkri27V/Gkj76/KR8eTkzeqha7bF9.zW4",
        "$2b$04$abcdefghijklmnopqrstuuwCcQBFjcYNW3/zsV0SV9CeMppPuPWfu",
    ]

    @Test(arguments: hashes)
    func `each is taken, and met by the one secret`(_ text: String) throws {
        #expect(try SecretHash(text) == .crypt(text))
        #expect(Yescrypt().matches(try #require(ClientSecret("a chosen secret")), text) == true)
        #expect(Yescrypt().matches(try #require(ClientSecret("a chosen secre")), text) == false)
        #expect(Yescrypt().matches(try #require(ClientSecret("a chosen secret ")), text) == false)
    }

    @Test
    func `bcrypt reads 72 bytes: a longer secret, which could end in anything, never matches`() throws {
        // crypt(3) of 72 times the letter a, by Python's module.
        let text = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"
        let whole = String(repeating: "a", count: 72)
        #expect(Yescrypt().matches(try #require(ClientSecret(whole)), text) == true)
        #expect(Yescrypt().matches(try #require(ClientSecret(whole + "a")), text) == false)
        #expect(Yescrypt().matches(try #require(ClientSecret(whole + "b")), text) == false)
    }

    @Test(arguments: [511, 512, 1024])
    func `the longest secret that crypt(3) takes has a hash, and a longer one meets none`(_ length: Int) throws {
        let secret = try #require(ClientSecret(String(repeating: "s", count: length)))
        let longest = try #require(ClientSecret(String(repeating: "s", count: Yescrypt.longestSecret)))
        guard case .crypt(let text) = Yescrypt.hash(of: longest) else { return }
        #expect(Yescrypt().matches(secret, text) == (length == Yescrypt.longestSecret))
    }
}
