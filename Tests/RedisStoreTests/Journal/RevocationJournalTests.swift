import FileStore
import Foundation
import GrantCore
import StoreConformance
import Testing

@testable import RedisStore

@Suite struct RevocationJournalTests {
    private let directory: TemporaryDirectory
    private let journal: RevocationJournal
    private let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        directory = try TemporaryDirectory()
        journal = try RevocationJournal(in: StateDirectory(path: directory.path))
    }

    private func digest(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 32) }

    private func change(_ number: Int, json: String = "{}") -> RegistrationChange {
        RegistrationChange(client: digest(number), number: "000000000000000\(number % 10)", json: Array(json.utf8))
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path + "/journal").sorted() }
    }

    @Test func `What is written is read, by another process as well`() throws {
        for number in 1...3 { try journal.append(revoked: digest(number), until: now.adding(seconds: 60), at: now) }
        try journal.append(change(4), at: now)
        try journal.append(change(5, json: ""), at: now)
        let other = try RevocationJournal(in: StateDirectory(path: directory.path))
        for reader in [journal, other] {
            let entries = try reader.entries(at: now)
            #expect(entries.revoked == (1...3).map(digest))
            #expect(entries.changes == [change(4), change(5, json: "")])
        }
    }

    @Test func `A revocation matters until an hour after the token's end`() throws {
        let end = now.adding(seconds: 60)
        try journal.append(revoked: digest(1), until: end, at: now)
        #expect(try journal.entries(at: end.adding(seconds: 3599)).revoked == [digest(1)])
        #expect(try journal.entries(at: end.adding(seconds: 3600)).revoked == [])
    }

    @Test func `A torn line is overwritten by the next one`() throws {
        try journal.append(revoked: digest(1), until: now.adding(seconds: 60), at: now)
        let file = directory.path + "/journal/" + (try #require(try names.first))
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.seekToEnd()
        handle.write(Data([UInt8](repeating: 9, count: 17)))
        try journal.append(revoked: digest(2), until: now.adding(seconds: 60), at: now)
        #expect(try journal.entries(at: now).revoked == [digest(1), digest(2)])
    }

    @Test(arguments: 1..<60)
    func `Of a change that is torn anywhere those before it count, and those that come after`(length: Int) throws {
        try journal.append(change(1), at: now)
        let file = directory.path + "/journal/" + (try #require(try names.first))
        let handle = try #require(FileHandle(forWritingAtPath: file))
        let whole = change(2).record
        guard length < whole.count else { return }
        try handle.seekToEnd()
        handle.write(Data(whole.prefix(length)))
        #expect(try journal.entries(at: now).changes == [change(1)])
        try journal.append(change(3), at: now)
        #expect(try journal.entries(at: now).changes == [change(1), change(3)])
    }

    @Test func `Files that have passed by a day are unlinked, others are not`() throws {
        try journal.append(revoked: digest(1), until: now.adding(seconds: 60), at: now)
        try journal.append(change(1), at: now)
        let later = now.adding(seconds: 3 * 86400)
        try journal.append(revoked: digest(2), until: later.adding(seconds: 60), at: later)
        #expect(try names.count == 1)
        #expect(try journal.entries(at: later).revoked == [digest(2)])
    }

    private func use(_ number: Int, for seconds: Int64) -> AssertionUse {
        AssertionUse(
            digest: digest(number),
            end: now.adding(seconds: seconds),
            mark: [UInt8](repeating: UInt8(ascii: "a"), count: AssertionUse.markSize)
        )
    }

    @Test(arguments: [false, true])
    func `Uses of assertions are read until a minute after their end, whatever a crash left at theirs`(isSynced: Bool)
        throws
    {
        let uses = [use(1, for: 60), use(2, for: 60), use(3, for: 2000)]
        for use in uses {
            try journal.append(use, isSynced: isSynced, at: now)
            for name in try names {
                let handle = try #require(FileHandle(forWritingAtPath: directory.path + "/journal/" + name))
                try handle.seekToEnd()
                handle.write(Data([UInt8](repeating: 9, count: 17)))
            }
        }
        let other = try RevocationJournal(in: StateDirectory(path: directory.path))
        for reader in [journal, other] { #expect(try reader.entries(at: now).uses == uses) }
        #expect(try journal.entries(at: now.adding(seconds: 119)).uses == uses)
        #expect(try journal.entries(at: now.adding(seconds: 120)).uses == [uses[2]])
        #expect(try journal.entries(at: now.adding(seconds: 2060)).count == 0)
    }

    @Test func `A file of uses goes an hour after it has passed`() throws {
        try journal.append(use(1, for: 60), isSynced: false, at: now)
        try journal.append(revoked: digest(1), until: now.adding(seconds: 60), at: now)
        let later = now.adding(seconds: 3600 + 600)
        try journal.append(use(2, for: 60 + 3600 + 600), isSynced: false, at: later)
        #expect(try names.count { $0.hasPrefix("used-") } == 1)
        #expect(try names.count == 2)
    }

    @Test func `Only the owner reads it`() throws {
        try journal.append(revoked: digest(1), until: now.adding(seconds: 60), at: now)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/journal")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
}
