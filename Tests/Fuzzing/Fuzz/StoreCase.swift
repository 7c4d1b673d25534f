import Crypto
import Encoding

@testable import FileStore
@testable import GrantCore

/// A window whose files hold anything, opened through the store as two processes would.
struct StoreCase {
    /// When everything happens.
    static let now = Timestamp(seconds: 1_800_000_000)
    /// What the store issues beside what is in the files.
    static let grant = Grant(clientID: id("billing"), scope: .none)
    /// The token whose slot is the first of the window.
    static let tokenBytes = TokenCodec(key: SymmetricKey(data: key)).token(
        of: [UInt8](repeating: 7, count: 32),
        at: SlotPosition(window: window, slot: 1)
    )

    /// The four bytes that say that a token was not revoked.
    static let liveMark = Array("LivE".utf8)

    private static let key = [UInt8](repeating: 9, count: 32)
    private static let lifetime = 3600
    private static let window = Window(expiresAt: now.adding(seconds: Int64(lifetime)), lifetime: lifetime)

    private let files = MemoryFileSystem()
    private let slots: [UInt8]
    private let grants: [UInt8]

    /// The files of the window in which an hour's tokens expire that are issued now.
    init(slots: [UInt8], grants: [UInt8]) {
        self.slots = slots
        self.grants = grants
        files["", "key"] = Self.key
        files["tokens", Self.window.slotsName] = slots
        files["tokens", Self.window.grantsName] = grants
    }

    /// Holds the store to what it promises of such files.
    func hold() {
        guard let token = AccessToken(Base64.url.encode(Self.tokenBytes)) else { fatalError("it is 64 characters") }
        let (store, other) = (open(), open())
        do throws(StorageError) {
            let found = try store.find(token, at: Self.now)
            if let found { verify(found) }
            expect(try other.find(token, at: Self.now) == found, "every process finds the same")
            try countSlots(in: store)
            try issue(Self.grant, in: store, other)
            // What the file says that it has, it may say again.
            if let grant = found?.grant { try issue(grant, in: other, store) }
            // A slot whose grant was lost has it again once the same grant comes to stand in the same place.
            let later = try store.find(token, at: Self.now)
            let isBack = found == nil && later?.grant == Self.grant
            expect(later == found || isBack, "what is issued changes no other token")

            let isRevoked = try other.revoke(token, issuedTo: nil, at: Self.now) == .ended
            expect(isRevoked || found == nil, "a token that is found can be revoked")
            expect(try store.find(token, at: Self.now) == nil, "a revoked token is not found")
            let purged = try store.purge(at: Self.window.end.adding(seconds: 60), believingClock: true)
            expect(purged == .purged(windows: 1), "a window that has passed is purged")
            expect(files["tokens", Self.window.slotsName] == nil, "its slots are gone")
            expect(files["tokens", Self.window.grantsName] == nil, "its grants are gone")
        } catch .unknownFormat {
            let isKnown = slots.starts(with: FileHeader.slots.bytes) && grants.starts(with: FileHeader.grants.bytes)
            expect(!isKnown, "a format that is known is not refused")
        } catch {
            expect(false, "no call fails: \(error)")
        }
    }

    private func open() -> FileTokenStore {
        do {
            let state = try StateDirectory(path: "state", fileSystem: files)
            return FileTokenStore(in: state, durability: .disk)
        } catch {
            fatalError("\(error)")
        }
    }

    /// What is found is what the bytes say, by a reading of their own.
    private func verify(_ record: TokenRecord) {
        // Zeros are what a power cut leaves of a header, which is written anew then.
        let isHeader = zip(slots, FileHeader.slots.bytes).allSatisfy { $0 == 0 || $0 == $1 }
        expect(isHeader && slots.count >= 128, "it has a header, or what a power cut left of one, and is long enough")
        let slot = slots[64..<128]
        expect(slot.prefix(32).elementsEqual(SHA256.hash(data: Self.tokenBytes)), "the slot is this token's")
        expect(slot.littleEndian(at: 56, as: UInt32.self) == bitwiseCRC(slot.prefix(56)), "its check value is right")
        expect(slot.suffix(4).elementsEqual(Self.liveMark), "its mark is the live one")
        expect(record.issuedAt.microseconds == slot.littleEndian(at: 32, as: Int64.self), "it was issued when it says")
        expect(Self.now < record.expiresAt, "it has not expired")

        let start = Int(slot.littleEndian(at: 44, as: UInt32.self)) * 64
        let length = Int(grants.dropFirst(start).littleEndian(at: 0, as: UInt16.self))
        let content = grants.dropFirst(start + 6).prefix(length)
        let digest = Array(SHA256.hash(data: Array(content)))
        expect(digest.prefix(8).elementsEqual(slot[(slot.startIndex + 48)...].prefix(8)), "the grant is the slot's")
        expect(Array(content) == GrantRecord.content(of: record.grant), "the grant is what is written, to the byte")
    }

    private func countSlots(in store: FileTokenStore) throws(StorageError) {
        guard let count = try store.statistics(of: Self.window, at: Self.now) else { return }
        // One that is all zeros was taken, and never filled.
        let written = stride(from: 64, to: slots.count, by: 64).count { slots[$0...].prefix(64).contains { $0 != 0 } }
        expect(count.live + count.revoked + count.expired + count.damaged == written, "each slot is counted once")
    }

    /// A token that is issued is found, until it is revoked, by every process; what was in the file stays.
    private func issue(_ grant: Grant, in store: FileTokenStore, _ other: FileTokenStore) throws(StorageError) {
        let token = try store.issue(grant, at: Self.now, lifetime: Self.lifetime)
        let expected = TokenRecord(
            grant: grant,
            issuedAt: Self.now,
            expiresAt: Self.now.adding(seconds: Int64(Self.lifetime))
        )
        for store in [store, other, open()] {
            expect(try store.find(token, at: Self.now) == expected, "what is issued is found")
        }
        let content = files["tokens", Self.window.slotsName] ?? []
        expect(content.dropFirst(64).starts(with: slots.dropFirst(64)), "no slot is overwritten")
        let written = files["tokens", Self.window.grantsName] ?? []
        for start in stride(from: 64, to: grants.count, by: 64) {
            guard let content = GrantRecord.content(grants[start...]) else { continue }
            expect(GrantRecord.content(written[start...]) == content, "no grant is overwritten")
        }
        let stranger = Self.id(grant.clientID.value == "billing" ? "stranger" : "billing")
        expect(try other.revoke(token, issuedTo: stranger, at: Self.now) == .absent, "nobody else can revoke it")
        expect(try other.revoke(token, issuedTo: grant.clientID, at: Self.now) == .ended, "its client can revoke it")
        expect(try store.find(token, at: Self.now) == nil, "a revoked token is not found")
    }

    private static func id(_ name: String) -> ClientID {
        guard let id = ClientID(name) else { fatalError("\(name) is an id") }
        return id
    }
}
