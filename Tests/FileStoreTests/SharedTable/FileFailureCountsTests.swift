import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("Failed authentications are counted in one small file that may be lost")
struct FileFailureCountsTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    let state: TemporaryState

    init() throws {
        state = try TemporaryState()
    }

    private func counts() throws -> FileFailureCounts {
        FileFailureCounts(in: try state.open()) { Issue.record("\($0)") }
    }

    private func key(_ number: Int, origin: UInt8 = 1) throws -> FailureKey {
        .failures(try #require(ClientID("client-\(number)")), Origin(bytes: [192, 0, 2, origin]))
    }

    /// Counts one more under a key.
    private func count(_ key: FailureKey, in counts: FileFailureCounts, at now: Timestamp = now, life: Int64 = 60) {
        counts.update(key, at: now) {
            FailureRecord(count: ($0?.count ?? 0) + 1, until: now, forgottenAt: now.adding(seconds: life))
        }
    }

    @Test
    func `what one process counts another reads`() throws {
        let (one, other) = (try counts(), try counts())
        for _ in 0..<3 { count(try key(1), in: one) }
        count(try key(1), in: other)
        let expected = FailureRecord(count: 4, until: Self.now, forgottenAt: Self.now.adding(seconds: 60))
        #expect(one.record(of: try key(1), at: Self.now) == expected)
        #expect(try counts().record(of: try key(1), at: Self.now) == expected)
    }

    @Test
    func `kinds, clients and origins are apart`() throws {
        let counts = try counts()
        let id = try #require(ClientID("client-1"))
        let keys: [FailureKey] = [
            try key(1), try key(2), try key(1, origin: 2), .budget(id), .proof(id, Origin(bytes: [192, 0, 2, 1])),
        ]
        for key in keys { #expect(counts.record(of: key, at: Self.now) == nil) }
        for (index, key) in keys.enumerated() { for _ in 0...index { count(key, in: counts) } }
        for (index, key) in keys.enumerated() {
            #expect(counts.record(of: key, at: Self.now)?.count == UInt32(index + 1))
        }
    }

    @Test
    func `what is forgotten counts no more`() throws {
        let counts = try counts()
        count(try key(1), in: counts)
        let end = Self.now.adding(seconds: 60)
        #expect(counts.record(of: try key(1), at: end) == nil)
        count(try key(1), in: counts, at: end)
        #expect(counts.record(of: try key(1), at: end)?.count == 1)
    }

    @Test
    func `many that count at once lose nothing`() async throws {
        let path = state.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counts = FileFailureCounts(in: try StateDirectory(path: path))
                    for _ in 0..<200 { count(try key(1), in: counts) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try counts().record(of: try key(1), at: Self.now)?.count == 1600)
    }

    @Test
    func `a flood of names neither grows the file without end nor drives out who failed often`() throws {
        let counts = try counts()
        for _ in 0..<10 { count(try key(0), in: counts) }
        for number in 1...40_000 { count(try key(number), in: counts) }
        #expect(counts.record(of: try key(0), at: Self.now)?.count == 10)
        #expect(counts.record(of: try key(40_000), at: Self.now)?.count == 1)
        let size = try state.read("guesses").count
        #expect((300_000..<900_000).contains(size))
    }

    @Test(arguments: ["", "grantd guesses 1\n", String(repeating: "x", count: 1_000_000), "grantd guesses 2\n"])
    func `a file of no use is replaced by an empty one`(content: String) throws {
        count(try key(1), in: try counts())
        try state.write(content.utf8, to: "guesses")
        let counts = try counts()
        #expect(counts.record(of: try key(1), at: Self.now) == nil)
        count(try key(1), in: counts)
        #expect(counts.record(of: try key(1), at: Self.now)?.count == 1)
    }

    @Test
    func `one that others may read, a link and a directory's place are replaced or passed over`() throws {
        count(try key(1), in: try counts())
        try state.write(try state.read("guesses"), to: "guesses", mode: 0o644)
        #expect(try counts().record(of: try key(1), at: Self.now) == nil)
        #expect(try mode() == 0o600)

        try FileManager.default.removeItem(atPath: "\(state.path)/guesses")
        try state.write([1], to: "elsewhere")
        try FileManager.default.createSymbolicLink(atPath: "\(state.path)/guesses", withDestinationPath: "elsewhere")
        count(try key(1), in: try counts())
        #expect(try state.read("elsewhere") == [1])
        #expect(try counts().record(of: try key(1), at: Self.now)?.count == 1)
    }

    @Test
    func `torn and flipped slots read as empty`() throws {
        count(try key(1), in: try counts())
        let bytes = try state.read("guesses")
        let used = try #require(bytes.indices.dropFirst(64).first { bytes[$0] != 0 })
        for index in stride(from: used, to: bytes.count, by: 5) {
            var damaged = bytes
            damaged[index] ^= 0x40
            try state.write(damaged, to: "guesses")
            #expect(try counts().record(of: try key(1), at: Self.now) == nil)
        }
        try state.write(bytes.dropLast(), to: "guesses")
        #expect(try counts().record(of: try key(1), at: Self.now) == nil)
    }

    @Test
    func `a file that is taken away is made anew by whoever counts next`() throws {
        let (one, other) = (try counts(), try counts())
        count(try key(1), in: one)
        try FileManager.default.removeItem(atPath: "\(state.path)/guesses")
        count(try key(1), in: one)
        count(try key(1), in: other)
        #expect(one.record(of: try key(1), at: Self.now)?.count == 2)
        #expect(try mode() == 0o600)
    }

    @Test
    func `a file that was taken away under another process is left by readers too, a second later`() throws {
        let (one, other) = (try counts(), try counts())
        let now = Self.now.adding(seconds: 2)
        count(try key(1), in: one)
        #expect(other.record(of: try key(1), at: Self.now)?.count == 1)
        try FileManager.default.moveItem(atPath: "\(state.path)/guesses", toPath: "\(state.path)/away")
        #expect(other.record(of: try key(1), at: now) == nil)
        count(try key(1), in: one, at: now)
        #expect(other.record(of: try key(1), at: now)?.count == 1)
    }

    @Test
    func `one that cannot be made counts nothing, and that is reported once`() throws {
        try FileManager.default.createDirectory(
            atPath: "\(state.path)/guesses/inside",
            withIntermediateDirectories: true
        )
        var reports: [StoreReport] = []
        let counts = FileFailureCounts(in: try state.open()) { reports.append($0) }
        for _ in 0..<3 { count(try key(1), in: counts) }
        #expect(counts.record(of: try key(1), at: Self.now) == nil)
        #expect(reports.count == 1)
        try FileManager.default.removeItem(atPath: "\(state.path)/guesses")
        count(try key(1), in: counts)
        #expect(counts.record(of: try key(1), at: Self.now)?.count == 1)
    }

    private func mode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(state.path)/guesses")[.posixPermissions] as? Int
    }
}
