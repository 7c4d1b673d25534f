import Foundation
import GrantCore
import Testing

@testable import FileStore

/// Why a token is not found.
extension FileTokenStoreTests {
    @Test
    func `a token that is found has no absence, and others are told apart`() async throws {
        let store = try self.store()
        let token = try store.issue(grant, at: Self.now, lifetime: 3600)
        #expect(try store.absence(of: token, at: Self.now) == nil)
        let record = try #require(try store.find(token, at: Self.now))
        let end = Self.now.adding(seconds: 3600)
        #expect(try store.absence(of: token, at: end) == .expired(at: end, record))

        let revoked = try store.issue(grant, at: Self.now, lifetime: 3600)
        #expect(try await store.revoke(revoked, at: Self.now))
        #expect(try store.absence(of: revoked, at: Self.now) == .revoked(record))
        #expect(try store.absence(of: revoked, at: end) == .revoked(record))

        let foreign = try #require(AccessToken(String(repeating: "A", count: 64)))
        #expect(try store.absence(of: foreign, at: Self.now) == .foreign)
        let elsewhere = try TemporaryState()
        try withExtendedLifetime(elsewhere) {
            let other = FileTokenStore(in: try elsewhere.open(), durability: .process)
            #expect(try store.absence(of: other.issue(grant, at: Self.now, lifetime: 60), at: Self.now) == .foreign)
        }
    }

    @Test(arguments: [".slots", ".grants", ""])
    func `a token whose files are gone has expired if its window has, and is missing before`(kind: String) throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        for name in try state.names(in: "tokens") where name.hasSuffix(kind) {
            try FileManager.default.removeItem(atPath: "\(state.path)/tokens/\(name)")
        }
        #expect(try store().absence(of: token, at: Self.now) == .missing)
        let later = Self.now.adding(seconds: 3600 + 1024)
        guard case .expired(let time, nil) = try store().absence(of: token, at: later) else {
            Issue.record("it has expired")
            return
        }
        #expect(Self.now.adding(seconds: 3600) <= time && time <= later)
    }

    @Test
    func `a token whose slot is damaged is missing`() throws {
        let token = try store().issue(grant, at: Self.now, lifetime: 3600)
        let name = "tokens/\(try self.name(of: ".slots"))"
        var bytes = try state.read(name)
        bytes[70] ^= 1
        try state.write(bytes, to: name)
        #expect(try store().absence(of: token, at: Self.now) == .missing)
    }
}
