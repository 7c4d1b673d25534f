import Encoding
import FileStore
import Glibc
import GrantCore
import JOSE
import SystemPackage
import Testing

@testable import grantctl

@Suite struct AssertionKeyTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let client: ClientID

    init() throws {
        client = try #require(ClientID("web"))
    }

    /// Calls the body with the path of a file with this text.
    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FilePath("/tmp/assertion-key-\(Hex.encode(SecureRandom.bytes(8)))")
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        defer { _ = unsafe unlink(path.string) }
        return try body(path.string)
    }

    @Test(arguments: Algorithm.allCases)
    func `An assertion is signed as RFC 7523 has it`(algorithm: Algorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let text = try withFile(key.pem) { path in
            try AssertionKey(in: path, for: algorithm, keyID: "one").assertion(of: client, for: "https://a", at: now)
        }
        let token = try CompactJWS(text)
        #expect(token.header.algorithm == algorithm && token.header.keyID == "one" && token.header.isType("JWT"))
        let claims = try Claims(token.payload)
        #expect(claims.issuer == "web" && claims.subject == "web" && claims.isOnlyFor("https://a"))
        #expect(claims.expiry?.roundedDown == now.seconds + 60 && claims.tokenID?.utf8.count == 32)
        let parts = text.split(separator: ".")
        let signed = Array(parts.dropLast().joined(separator: ".").utf8)
        let letters = Array(parts[2].utf8)
        let signature = Base64.url.decode(letters.span) ?? []
        try key.publicKey.verify(signature, over: signed[...], by: algorithm)
    }

    @Test(arguments: [
        (Algorithm.es256, Algorithm.es256), (.es384, .es384), (.edDSA, .edDSA), (.ed25519, .edDSA), (.rs384, .rs256),
    ])
    func `Without --alg the kind of the key decides`(made: Algorithm, used: Algorithm) throws {
        let text = try withFile(PrivateKey.generate(made).pem) { path in
            try AssertionKey(in: path, for: nil, keyID: nil).assertion(of: client, for: "https://a", at: now)
        }
        let token = try CompactJWS(text)
        #expect(token.header.algorithm == used && token.header.keyID == nil)
    }

    @Test(arguments: [
        ("x", Algorithm?.none, "It has to be a private key in PEM."),
        ("-----BEGIN EC PRIVATE KEY-----\n", nil, "openssl pkcs8 -topk8 -nocrypt"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", nil, "The key is encrypted."),
        ("-----BEGIN PUBLIC KEY-----\n", nil, "It is a public key."),
    ])
    func `A file without a key is explained`(text: String, algorithm: Algorithm?, part: String) throws {
        let fault = try withFile(text) { path in
            #expect(throws: TokenFault.self) { try AssertionKey(in: path, for: algorithm, keyID: nil) }
        }
        #expect(fault?.description.contains(part) == true, "\(fault?.description ?? "")")
    }

    @Test func `A key of another kind than --alg is explained`() throws {
        let fault = try withFile(PrivateKey.generate(.es256).pem) { path in
            #expect(throws: TokenFault.self) { try AssertionKey(in: path, for: .rs256, keyID: nil) }
        }
        #expect(fault?.meaning == "The key is of another kind than --alg.")
    }
}
