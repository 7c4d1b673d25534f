import GrantCore
import Testing

struct CryptFormTests {
    private static let bcrypt = "aaaaaaaaaaaaaaaaaaaaau" + String(repeating: "a", count: 31)
    private static let yescrypt = "aaaaaaaaaaaaaaaaaaaaa.$" + String(repeating: "b", count: 43)
    private static let yescryptHash = String(repeating: "b", count: 43)
    private static let sha512 = String(repeating: "c", count: 86)
    private static let sha256 = String(repeating: "d", count: 43)

    @Test(arguments: [
        "$y$j9T$\(yescrypt)", "$y$jCT$\(yescrypt)", "$gy$j9T$\(yescrypt)", "$2y$05$\(bcrypt)", "$2b$13$\(bcrypt)",
        "$2a$10$\(bcrypt)", "$6$salt$\(sha512)", "$6$rounds=200000$salt$\(sha512)", "$5$salt$\(sha256)",
        "$y$j9T$salt$\(yescryptHash)", "$y$j9T$saltD1$\(yescryptHash)", "$y$j/T$saltABD$\(yescryptHash)",
        "$5$rounds=1000$sixteen+letters.$\(sha256)", "$6$$\(sha512)",
    ])
    func `a whole hash of a good method is kept as it is written`(text: String) throws {
        #expect(try SecretHash(text) == .crypt(text))
        #expect(try SecretHash(text).written == text)
    }

    @Test(arguments: [
        ("$2y$14$\(bcrypt)", "costs too much: bcrypt's cost may be 13"),
        ("$2y$31$\(bcrypt)", "costs too much: bcrypt's cost may be 13"),
        ("$y$jDT$\(yescrypt)", "costs too much: yescrypt may take 128 MiB"),
        ("$y$jjj$\(yescrypt)", "costs too much: yescrypt may take 128 MiB"),
        ("$6$rounds=200001$salt$\(sha512)", "costs too much: 200000 rounds are taken"),
        ("$5$rounds=999999999$salt$\(sha256)", "costs too much: 200000 rounds are taken"),
    ])
    func `a hash that would hold a worker is refused`(text: String, reason: String) {
        #expect(throws: UnusableHash(reason: reason)) { try SecretHash(text) }
    }

    @Test(arguments: [
        "$2y$05$\(bcrypt)a", "$2y$05$\(bcrypt.dropLast())", "$2y$5$\(bcrypt)", "$2y$03$\(bcrypt)", "$2y$$\(bcrypt)",
        "$2y$1x$\(bcrypt)", "$2y$05$\(bcrypt)$", "$2y$05$\(bcrypt.dropLast())=", "$y$j9T$\(yescrypt)b", "$y$j9T$",
        "$y$j9T$salt$hash", "$6$salt$hash", "$6$seventeen+letters$\(sha512)", "$6$rounds=999$salt$\(sha512)",
        "$6$rounds=$salt$\(sha512)", "$6$rounds=+5000$salt$\(sha512)", "$6$rounds=9999999999$salt$\(sha512)",
        "$2y$05$\(String(repeating: "a", count: 53))", "$y$j9T$salt1$\(yescryptHash)", "$y$j9T$s2$\(yescryptHash)",
        "$gy$j9T$saE$\(yescryptHash)", "$5$rounds=1000$\(sha256)", "$6$sa:lt$\(sha512)", "$5$*$\(sha256)",
        "$5$rounds=1000$sal\\t$\(sha256)",
        "$6$salt$\(sha256)", "$5$salt$\(sha512)", "$6$rounds=5000$\(sha512)$",
    ])
    func `a hash that is not whole is refused, since no secret could meet it`(text: String) {
        #expect(throws: UnusableHash(reason: "is not whole")) { try SecretHash(text) }
    }

    @Test(arguments: [
        ("$apr1$WAQdg9yA$7bw.WcJ0hQ3V4qChoUw0F1", "apr1"), ("$1$salt$7bw.WcJ0hQ3V4qChoUw0F1", "MD5"),
        ("{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=", "SHA-1"), ("NyRLniiajlxws", "DES"), ("client-secret", "not a hash"),
        ("$7$CU..../....salt$hash", "another method"), ("$", "not a hash"), ("$$$", "another method"),
        ("*", "not a hash"),
        ("$2x$05$\(bcrypt)", "another method"), ("$y$.9T$\(yescrypt)", "parameters"),
        ("$y$j9TT$\(yescrypt)", "parameters"),
        ("$y$jzT$\(yescrypt)", "parameters"), ("$y$j.T$\(yescrypt)", "parameters"),
    ])
    func `another method is refused by its name`(text: String, name: String) throws {
        let problem = try #require(throws: UnusableHash.self) { try SecretHash(text) }
        #expect(problem.reason.contains(name))
        #expect(text.count < 8 || !problem.reason.contains(text), "a reason holds nothing of the hash")
    }
}
