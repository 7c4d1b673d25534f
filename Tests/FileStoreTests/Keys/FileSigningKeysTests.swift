import Encoding
import Foundation
import GrantCore
import JOSE
import Testing

@testable import FileStore

@Suite("FileSigningKeys signs by the files that are there now")
struct FileSigningKeysTests {
    private let state: TemporaryState
    private let directory: StateDirectory
    private let administration: SigningKeyAdministration
    private let keys: FileSigningKeys
    /// The kernel's clock, since it is what files are dated by.
    private let start = KernelFileSystem().now

    init() throws {
        state = try TemporaryState()
        directory = try state.open()
        administration = SigningKeyAdministration(in: directory)
        keys = FileSigningKeys(in: directory)
    }

    private func after(_ seconds: Int64) -> Timestamp { start.adding(seconds: seconds) }

    private func add(at now: Timestamp) throws -> String {
        try administration.add(PrivateKey.generate(.es256), at: now, tokensLiving: 3600).added.id
    }

    /// The `kid` of a token that is signed now.
    private func signer(at now: Timestamp) throws -> String? {
        let token = try keys.sign(Array("{}".utf8), at: now)
        let header = try #require(token.split(separator: ".").first.flatMap { Base64.url.decode(String($0).utf8.span) })
        guard case .object(let members)? = try? JSONDocument(header), case .string(let id)? = members["kid"] else {
            return nil
        }
        #expect(members["typ"].map { "\($0)".contains("at+jwt") } == true)
        return id
    }

    private func published(at now: Timestamp) throws -> [String?] { try keys.published(at: now).keys.map(\.keyID) }

    @Test func `a token is one that the published key verifies`() throws {
        _ = try add(at: start)
        let claims = #"{"jti":"x"}"#
        let token = try CompactJWS(keys.sign(Array(claims.utf8), at: start), maximumLength: 4096)
        let key = try #require(try keys.published(at: start).keys.first)
        try token.verify(by: key)
        #expect(token.payload == Array(claims.utf8))
    }

    @Test func `keys that are added, retired and removed count at once, within one tick of the clock too`() throws {
        for turn in 0..<30 {
            // The clock stands still, as it may for many requests.
            let now = after(Int64(turn * 10))
            let first = try add(at: now)
            #expect(try signer(at: now) == first)
            let second = try administration.add(
                PrivateKey.generate(.es256),
                at: now,
                activeAt: now,
                tokensLiving: 3600
            ).added.id
            #expect(try signer(at: now) == second)
            for id in [first, second] {
                _ = try administration.retire(id, at: now, now: now, tokensLiving: 3600, evenIfLast: true)
            }
            #expect(throws: StorageError.unavailable("no key signs tokens: make one by `grantctl key add`")) {
                try signer(at: now)
            }
            #expect(try Set(published(at: now)) == [first, second])
            for id in [first, second] { _ = try administration.remove(id, at: now, evenIfUsed: true) }
            #expect(try published(at: now) == [])
        }
    }

    @Test func `a known directory is asked, and not read`() throws {
        let id = try add(at: start)
        // Later than any tick after the file was made.
        let now = after(3)
        #expect(try signer(at: now) == id)
        try state.write("broken".utf8, to: "keys/\(id).json")
        #expect(try signer(at: now) == id, "what is written in place shows within a second")
        #expect(throws: StorageError.self) { try signer(at: after(4)) }
        #expect(throws: StorageError.self) { try signer(at: after(4)) }
    }

    @Test func `each key has its time, without a file being touched`() throws {
        let first = try add(at: start)
        let second = try add(at: after(10))
        #expect(try signer(at: after(309)) == first)
        #expect(try published(at: after(309)) == [second, first])
        #expect(try signer(at: after(310)) == second)
        #expect(try published(at: after(3909)) == [second, first])
        #expect(try published(at: after(3910)) == [second])
        // A clock that is put back is believed.
        #expect(try signer(at: after(20)) == first)
        #expect(throws: StorageError.self) { try signer(at: after(-10)) }
        let reason = try #require(try keys.absence(at: after(-10)))
        #expect(reason.hasPrefix("no key signs tokens before ") && reason.hasSuffix("is the clock right?"))
        #expect(try keys.absence(at: after(20)) == nil)
    }

    @Test func `a directory that takes the other's place counts within a second`() throws {
        let first = try add(at: start)
        #expect(try signer(at: after(3)) == first)
        try FileManager.default.moveItem(atPath: "\(state.path)/keys", toPath: "\(state.path)/old")
        #expect(throws: StorageError.self) { try signer(at: after(4)) }
        let second = try add(at: after(4))
        #expect(try signer(at: after(4)) == second)
        try FileManager.default.removeItem(atPath: "\(state.path)/keys")
        try FileManager.default.moveItem(atPath: "\(state.path)/old", toPath: "\(state.path)/keys")
        #expect(try signer(at: after(8)) == first)
    }

    private static let faults: [(name: String, said: String)] = [
        ("mode of the directory", "keys has the mode 0755, so others than its owner can use it: chmod 700"),
        ("mode of a file", ".json has the mode 0640, so others than its owner can use it: chmod 600"),
        ("no JSON", ".json is not a JSON object"),
        ("no algorithm", ".json has no alg that is known"),
        ("other algorithm", ".json has a private_key that is not a key of the kind that its alg needs"),
        ("no key", ".json has no private_key"),
        ("no PEM", ".json has a private_key that is not one unencrypted PEM block of PKCS #8 (BEGIN PRIVATE KEY)"),
        ("no time", ".json has no created_at or active_at"),
        ("odd time", ".json has a active_at that is not whole seconds since 1970"),
        ("other name", "other.json is not the key that its name says"),
        ("too long", ".json is longer than 16384 bytes"),
        ("a directory", ".json is not a regular file"),
        ("a link", ".json cannot be opened: openat "),
    ]

    @Test(arguments: faults)
    func `one file that cannot be used stops all signing, and is named`(fault: (name: String, said: String)) throws {
        let id = try add(at: start)
        #expect(try signer(at: after(3)) == id)
        _ = try add(at: after(3))
        let (path, name) = ("\(state.path)/keys/\(id).json", "keys/\(id).json")
        let text = String(decoding: try state.read(name), as: UTF8.self)
        func write(_ text: String) throws { try state.write(text.utf8, to: name) }
        let files = FileManager.default
        switch fault.name {
        case "mode of the directory":
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(state.path)/keys")
        case "mode of a file": try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        case "no JSON": try write(String(text.dropLast(10)))
        case "no algorithm": try write(text.replacingOccurrences(of: "ES256", with: "none"))
        case "other algorithm": try write(text.replacingOccurrences(of: "ES256", with: "ES384"))
        case "no key": try write(text.replacingOccurrences(of: "private_key", with: "key"))
        case "no PEM": try write(text.replacingOccurrences(of: "BEGIN PRIVATE", with: "BEGIN EC PRIVATE"))
        case "no time": try write(text.replacingOccurrences(of: "active_at", with: "active"))
        case "odd time":
            try write(text.replacingOccurrences(of: #""active_at":"#, with: #""active_at":0.5,"x":"#))
        case "other name": try files.copyItem(atPath: path, toPath: "\(state.path)/keys/other.json")
        case "too long": try write(text + String(repeating: " ", count: 16384))
        case "a directory", "a link":
            try files.removeItem(atPath: path)
            if fault.name == "a link" {
                try files.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
            } else {
                try files.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        default: Issue.record("unknown")
        }
        var said = ""
        do throws(StorageError) { _ = try keys.sign([], at: after(4)) } catch { said = error.description }
        #expect(said.contains(fault.said) && said.contains("keys"))
        #expect(throws: StorageError.self) { try keys.published(at: after(4)) }
        #expect(throws: StorageError.self) { try FileSigningKeys(in: directory).current(at: after(4)) }
        #expect(throws: SigningKeyRefusal.self) { try administration.keys() }
        #expect(!said.contains("PRIVATE KEY-----"))
    }

    @Test(.enabled(if: getuid() == 0)) func `another user's file is refused, also for root`() throws {
        let id = try add(at: start)
        #expect(unsafe chown("\(state.path)/keys/\(id).json", 12345, 0) == 0)
        #expect(
            throws: StorageError.unavailable(
                "keys/\(id).json belongs to user 12345, not to user 0, whose the state is: chown it"
            )
        ) { try signer(at: after(3)) }
    }

    @Test func `files of other names, and those in the making, are left alone`() throws {
        let id = try add(at: start)
        let others = [".publishing", ".x.json", "notes.txt", "\(id).json.bak"]
        for name in others { try state.write([], to: "keys/\(name)") }
        #expect(try signer(at: after(3)) == id)
    }
}
