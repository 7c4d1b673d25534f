import Foundation
import GrantCore
import JOSE
import Testing

@testable import FileStore

@Suite("SigningKeyAdministration rotates keys so that one signs at any time")
struct SigningKeyAdministrationTests {
    private let state: TemporaryState
    private let keys: SigningKeyAdministration
    private let start = Timestamp(seconds: 1_800_000_000)

    init() throws {
        state = try TemporaryState()
        keys = SigningKeyAdministration(in: try state.open())
    }

    private func after(_ seconds: Int64) -> Timestamp { start.adding(seconds: seconds) }

    @discardableResult
    private func add(at seconds: Int64, activeAt: Int64? = nil, lifetime: Int = 3600) throws -> String {
        try keys.add(
            PrivateKey.generate(.es256),
            at: after(seconds),
            activeAt: activeAt.map(after),
            tokensLiving: lifetime
        ).added.id
    }

    /// The stages at a time, of keys by their ids.
    private func stages(at seconds: Int64, _ ids: String...) throws -> [SigningKeySchedule.Stage?] {
        let all = try keys.keys()
        return ids.map { id in all.first { $0.id == id }?.schedule.stage(at: after(seconds)) }
    }

    /// The key that signs at a time.
    private func signing(at seconds: Int64) throws -> String? {
        try keys.keys().first { $0.schedule.stage(at: after(seconds)) == .active }?.id
    }

    @Test func `the first key signs at once, the next after five minutes, and then the first is retired`() throws {
        let first = try add(at: 0)
        #expect(try signing(at: 0) == first)
        let (added, retired) = try keys.add(PrivateKey.generate(.rs256), at: after(1000), tokensLiving: 3600)
        #expect(retired == [first])
        let second = added.id
        #expect(try stages(at: 1000, first, second) == [.active, .published])
        #expect(try signing(at: 1299) == first)
        #expect(try stages(at: 1300, first, second) == [.retired, .active])
        #expect(try signing(at: 1300) == second)
        #expect(try stages(at: 4899, first, second) == [.retired, .active])
        #expect(try stages(at: 4900, first, second) == [.gone, .active])
        #expect(try keys.keys().map(\.key.algorithm) == [.rs256, .es256])
    }

    @Test func `a third key takes over from one that has not begun`() throws {
        let (first, second) = (try add(at: 0), try add(at: 1000))
        let third = try add(at: 1100)
        #expect(try signing(at: 1299) == first)
        #expect(try signing(at: 1300) == second)
        #expect(try signing(at: 1400) == third)
        #expect(try stages(at: 1400, first, second) == [.retired, .retired])
    }

    @Test func `a key that is to sign at a time leaves all to the present one until then`() throws {
        let (first, later) = (try add(at: 0), try add(at: 10, activeAt: 90_000))
        #expect(try signing(at: 89_999) == first)
        #expect(try signing(at: 90_000) == later)
        // One between the two signs until the later one does.
        let between = try add(at: 20)
        #expect(try signing(at: 319) == first)
        #expect(try signing(at: 320) == between)
        #expect(try signing(at: 90_000) == later)
        #expect(try stages(at: 90_000, between) == [.retired])
        #expect(try stages(at: 93_600, between) == [.gone])
    }

    @Test func `a key that is to sign at once does, and a time that has passed is now`() throws {
        let first = try add(at: 0)
        let second = try add(at: 50, activeAt: -100)
        #expect(try signing(at: 50) == second)
        #expect(try stages(at: 50, first) == [.retired])
    }

    @Test func `without a key that signs, the next one does at once`() throws {
        let first = try add(at: 0)
        _ = try keys.retire(first, at: after(10), now: after(10), tokensLiving: 60, evenIfLast: true)
        let second = try add(at: 20)
        #expect(try signing(at: 20) == second)
        #expect(try keys.key(first).schedule.publishedUntil == after(70))
    }

    @Test func `a key without which none would sign is retired by force only, be it later`() throws {
        let first = try add(at: 0)
        #expect(throws: SigningKeyRefusal.stopsSigning(first, from: after(10))) {
            try keys.retire(first, at: after(10), now: after(10), tokensLiving: 60, evenIfLast: false)
        }
        #expect(throws: SigningKeyRefusal.stopsSigning(first, from: after(900))) {
            try keys.retire(first, at: after(900), now: after(10), tokensLiving: 60, evenIfLast: false)
        }
        let second = try add(at: 100)
        // The first one ends at 400 by itself, so nothing would sign from then on.
        #expect(throws: SigningKeyRefusal.stopsSigning(second, from: after(400))) {
            try keys.retire(second, at: after(110), now: after(110), tokensLiving: 60, evenIfLast: false)
        }
        #expect(throws: SigningKeyRefusal.stopsSigning(first, from: after(110))) {
            try keys.retire(first, at: after(110), now: after(110), tokensLiving: 60, evenIfLast: false)
        }
        #expect(try signing(at: 399) == first && signing(at: 400) == second, "nothing was changed")
        // From then on it may go earlier than it would, and once more.
        for _ in 0..<2 {
            let retired = try keys.retire(first, at: after(400), now: after(150), tokensLiving: 60, evenIfLast: false)
            #expect(retired.schedule.retiredAt == after(400) && retired.schedule.publishedUntil == after(4000))
        }
    }

    @Test func `a key is removed once it is gone, or by force`() throws {
        let (first, second) = (try add(at: 0), try add(at: 10))
        #expect(throws: SigningKeyRefusal.inUse(first, until: after(3910))) {
            try keys.remove(first, at: after(3909), evenIfUsed: false)
        }
        #expect(throws: SigningKeyRefusal.inUse(second, until: nil)) {
            try keys.remove(second, at: after(3909), evenIfUsed: false)
        }
        #expect(try keys.remove(first, at: after(3910), evenIfUsed: false).id == first)
        #expect(throws: SigningKeyRefusal.unknown(first)) { try keys.remove(first, at: after(3910), evenIfUsed: false) }
        #expect(try keys.remove(second, at: after(20), evenIfUsed: true).id == second)
        #expect(try state.names(in: "keys") == [])
    }

    @Test func `a key is named by how its id begins, if no other does so`() throws {
        var ids: [String] = []
        while Set(ids.map(\.first)).count == ids.count { ids.append(try add(at: Int64(ids.count) * 10_000)) }
        let last = try #require(ids.last)
        let twins = ids.filter { $0.first == last.first }
        #expect(throws: SigningKeyRefusal.ambiguous(String(last.prefix(1)), among: Array(twins.reversed()))) {
            try keys.key(String(last.prefix(1)))
        }
        for id in ids { #expect(try keys.key(id).id == id && keys.key(String(id.prefix(20))).id == id) }
        #expect(throws: SigningKeyRefusal.unknown("")) { try keys.key("") }
        #expect(throws: SigningKeyRefusal.unknown("~")) { try keys.key("~") }
    }

    @Test func `without a directory there are no keys, and none is made by looking`() throws {
        #expect(try keys.keys().isEmpty)
        #expect(throws: SigningKeyRefusal.unknown("x")) {
            try keys.retire("x", at: start, now: start, tokensLiving: 1, evenIfLast: true)
        }
        #expect(throws: SigningKeyRefusal.unknown("x")) { try keys.remove("x", at: start, evenIfUsed: true) }
        #expect(!FileManager.default.fileExists(atPath: "\(state.path)/keys"))
    }

    @Test func `no more keys are published than a set has`() throws {
        for number in 0..<32 { try add(at: Int64(number)) }
        #expect(throws: SigningKeyRefusal.tooMany(32)) { try add(at: 40) }
        // Those that are gone do not count.
        try add(at: 10_000)
    }

    @Test func `keys that are added at one moment all end but the last`() async throws {
        let (path, start) = (state.path, start)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let keys = SigningKeyAdministration(in: try StateDirectory(path: path))
                    _ = try keys.add(PrivateKey.generate(.es256), at: start, tokensLiving: 60)
                }
            }
            try await group.waitForAll()
        }
        let open = try keys.keys().filter { $0.schedule.retiredAt == nil }
        let first = try keys.keys().filter { $0.schedule.activeAt == start }
        #expect(first.count == 1, "one of them was the first")
        #expect(open.count == 1)
        #expect(try signing(at: 0) == first[0].id)
        #expect(try signing(at: 300) != nil)
    }

    @Test(arguments: Algorithm.allCases)
    func `a key of any algorithm is kept in a file of its owner's alone, and read again`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let added = try keys.add(key, at: start, tokensLiving: 60).added
        let read = try #require(try SigningKeyAdministration(in: state.open()).keys().first)
        #expect(read.id == added.id && read.schedule == added.schedule && read.key.pem == key.pem)
        #expect(read.key.algorithm == algorithm && !read.id.hasPrefix("-"))
        let mode = { (name: String) in
            try FileManager.default.attributesOfItem(atPath: "\(state.path)/\(name)")[.posixPermissions] as? Int
        }
        #expect(try mode("keys") == 0o700 && mode("keys/\(added.id).json") == 0o600)
        #expect(try state.names(in: "keys") == ["\(added.id).json"], "no draft is left")
    }

    @Test func `what is done has a line in the audit, without the key`() throws {
        let directory = try state.open()
        let audit = AuditTrail(at: "\(state.path)/audit", of: directory, durability: .process)
        let keys = SigningKeyAdministration(in: directory, audit: audit)
        let id = try keys.add(PrivateKey.generate(.es256), at: start, tokensLiving: 60).added.id
        _ = try keys.retire(id, at: start, now: start, tokensLiving: 60, evenIfLast: true)
        _ = try keys.remove(id, at: after(60), evenIfUsed: false)
        let lines = String(decoding: try state.read("audit"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        for (line, change) in zip(lines, ["add", "retire", "remove"]) {
            #expect(line.contains(#""event":"key_change","change":"\#(change)","outcome":"success","key":"\#(id)","#))
            #expect(line.contains(#""endpoint":"grantctl","uid":"#))
        }
    }

    @Test func `no key is added without its line, and one is retired and removed all the same`() throws {
        let directory = try state.open()
        let audit = AuditTrail(at: "\(state.path)/nowhere/audit", of: directory, durability: .process)
        let audited = SigningKeyAdministration(in: directory, audit: audit)
        #expect(throws: SigningKeyRefusal.self) {
            try audited.add(PrivateKey.generate(.es256), at: start, tokensLiving: 60)
        }
        #expect(try keys.keys().isEmpty)
        let id = try add(at: 0)
        #expect(throws: SigningKeyRefusal.self) {
            try audited.retire(id, at: start, now: start, tokensLiving: 60, evenIfLast: true)
        }
        #expect(try stages(at: 0, id) == [.retired])
        #expect(throws: SigningKeyRefusal.self) { try audited.remove(id, at: start, evenIfUsed: true) }
        #expect(try keys.keys().isEmpty)
    }
}
