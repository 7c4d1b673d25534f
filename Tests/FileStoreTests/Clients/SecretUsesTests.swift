import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("SecretUses tells when each secret was last used, to within an hour")
struct SecretUsesTests {
    private let state: TemporaryState
    private let client: Client
    private let first: SecretHash
    private let second: SecretHash
    private let start = Timestamp(seconds: 1_800_000_000)

    init() throws {
        state = try TemporaryState()
        first = SecretHash(ofGenerated: try #require(ClientSecret("first")))
        second = SecretHash(ofGenerated: try #require(ClientSecret("second")))
        var client = Client(id: try #require(ClientID("a/b")))
        client.secrets = [first, second].map { StoredSecret(hash: $0, createdAt: nil) }
        self.client = client
    }

    private func recorded() throws -> [String: Int64] {
        try SecretUses(in: state.open()).lastUses(of: client.id).mapValues(\.seconds)
    }

    private func inode() throws -> UInt64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(state.path)/used/a%2Fb.json")
        return try #require(attributes[.systemFileNumber] as? UInt64)
    }

    @Test
    func `each secret has a time of its own, which is at most an hour old, and is written once an hour`() throws {
        let uses = SecretUses(in: try state.open())
        #expect(try recorded() == [:])
        uses.used(first, of: client, at: start)
        let written = try inode()
        uses.used(first, of: client, at: start.adding(seconds: 3599))
        #expect(try inode() == written)
        #expect(try recorded() == [first.shortID: 1_800_000_000])
        uses.used(second, of: client, at: start.adding(seconds: 10))
        uses.used(first, of: client, at: start.adding(seconds: 3600))
        #expect(try recorded() == [first.shortID: 1_800_003_600, second.shortID: 1_800_000_010])
    }

    @Test
    func `another process's record counts as one's own, so that CGI programs do not write at every request`() throws {
        SecretUses(in: try state.open()).used(first, of: client, at: start)
        let written = try inode()
        let other = SecretUses(in: try state.open())
        other.used(first, of: client, at: start.adding(seconds: 1800))
        #expect(try inode() == written)
        // The hour is that of the record, not of when this process heard of it.
        other.used(first, of: client, at: start.adding(seconds: 3601))
        #expect(try recorded() == [first.shortID: 1_800_003_601])
    }

    @Test
    func `a clock that was set back is believed`() throws {
        let uses = SecretUses(in: try state.open())
        uses.used(first, of: client, at: start)
        uses.used(first, of: client, at: start.adding(seconds: -86_400))
        #expect(try recorded() == [first.shortID: 1_799_913_600])
    }

    @Test
    func `secrets that were rotated away are dropped, and removed clients forgotten`() throws {
        let uses = SecretUses(in: try state.open())
        uses.used(first, of: client, at: start)
        var rotated = client
        rotated.secrets.removeFirst()
        uses.used(second, of: rotated, at: start)
        #expect(try recorded() == [second.shortID: 1_800_000_000])
        uses.forget(client.id)
        uses.forget(client.id)
        #expect(try recorded() == [:])
        #expect(try state.names(in: "used") == [])
    }

    @Test(arguments: ["", "x", "12345678 x\n", "\0\0\0\0\n", "12345678 18000", "\0\0\0\05678 1800000000\n"])
    func `a file that makes no sense says nothing, and is replaced`(_ content: String) throws {
        let uses = SecretUses(in: try state.open())
        uses.used(first, of: client, at: start)
        try state.write(content.utf8, to: "used/a%2Fb.json")
        #expect(try recorded() == [:])
        uses.used(second, of: client, at: start)
        #expect(try recorded() == [second.shortID: 1_800_000_000])
    }

    @Test
    func `a use that cannot be recorded is told once a minute, and refuses nobody`() throws {
        var reports: [StoreReport] = []
        let uses = SecretUses(in: try state.open()) { reports.append($0) }
        try state.write([], to: "used")
        for second in [0, 1, 59] { uses.used(first, of: client, at: start.adding(seconds: Int64(second))) }
        #expect(reports.count == 1)
        uses.used(first, of: client, at: start.adding(seconds: 60))
        #expect(reports.count == 2)
        try FileManager.default.removeItem(atPath: "\(state.path)/used")
        uses.used(first, of: client, at: start.adding(seconds: 120))
        #expect(reports.count == 2)
        #expect(try recorded() == [first.shortID: 1_800_000_120])
    }
}
