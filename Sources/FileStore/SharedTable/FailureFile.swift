import GrantCore
import SystemPackage

/// The file of failed authentications, open: 64 bytes of header, and buckets in which a keyed hash finds its place.
///
/// It never has more than 865 KiB. A process that finds it damaged, of another format or not private puts an empty one in its
/// place: all that is lost is counts.
struct FailureFile: ~Copyable {
    /// Its name in the state directory.
    static let name = "guesses"

    private static let header = Array("grantd guesses 2\n".utf8) + [UInt8](repeating: 0, count: 47)

    private let file: OpenFile
    private var lastLook = LastLook()

    /// The parts of the file, one for each kind of what is counted, so that no kind drives out another.
    enum Part: Int {
        case failures, budgets, proofs

        /// Any caller can cause failures and budgets: 8192 of each. Proofs need a secret: 2048.
        fileprivate var bucketCount: UInt64 { self == .proofs ? 512 : 2048 }
        fileprivate var start: Int64 { Int64(FailureFile.header.count + rawValue * 2048 * FailureBucket.size) }
        fileprivate var end: Int64 { start + Int64(bucketCount) * Int64(FailureBucket.size) }
    }

    /// Where a counted thing has its place.
    struct Position {
        /// The offset of its bucket.
        let offset: Int64
        /// What tells it from others in the bucket.
        let tag: UInt64

        /// The place that 16 bytes of a keyed hash stand for.
        init(hash: ArraySlice<UInt8>, in part: Part) {
            let bucket = hash.littleEndian(at: 8, as: UInt64.self) % part.bucketCount
            offset = part.start + Int64(bucket) * Int64(FailureBucket.size)
            tag = hash.littleEndian(at: 0, as: UInt64.self)
        }
    }

    /// Opens a state's file, and makes it if it is missing or of no use.
    init(in root: borrowing Directory, at now: Timestamp) throws(FileStoreError) {
        lastLook.taken(at: now)
        if let usable = try Self.usable(in: root) {
            file = usable
            return
        }
        try Self.replace(in: root)
        file = try OpenFile(Self.name, in: root, for: .updating)
    }

    /// Whether its name stands for what is open, as it was seen within the last second.
    mutating func isCurrent(at now: Timestamp, in root: borrowing Directory) throws(FileStoreError) -> Bool {
        if lastLook.isFresh(at: now) { return true }
        guard try root.status(of: Self.name)?.isSameFile(as: file.status()) == true else { return false }
        lastLook.taken(at: now)
        return true
    }

    /// The record of a place, by one read and no lock. A slot that is being written meanwhile may read as an empty one.
    func record(at position: Position, _ now: Timestamp) throws(FileStoreError) -> FailureRecord? {
        try bucket(at: position).record(of: position.tag, at: now)
    }

    /// Replaces the record of a place under the lock; false, and nothing done, if the file's name was taken away
    /// meanwhile: it has to be opened again.
    func update(
        _ position: Position,
        of owner: FailureOwner,
        _ now: Timestamp,
        _ change: (FailureRecord?) -> FailureRecord
    ) throws(FileStoreError) -> Bool {
        try file.fileSystem.lock(file.descriptor)
        defer { file.fileSystem.unlock(file.descriptor) }
        guard try file.isLinked() else { return false }
        let bucket = try bucket(at: position)
        let record = change(bucket.record(of: position.tag, at: now))
        let slot = FailureSlot(tag: position.tag, record: record, owner: owner)
        let number = bucket.place(for: position.tag, at: now)
        try file.write(slot.bytes, at: position.offset + Int64(number * FailureSlot.size))
        return true
    }

    /// The file as it is, for an administrator; nil if there is none that is of use.
    init?(existingIn root: borrowing Directory) throws(FileStoreError) {
        guard let usable = try Self.usable(in: root) else { return nil }
        file = usable
    }

    /// The failures of a client, from each origin, that are not forgotten. A slot that is being written meanwhile may be
    /// missing.
    func failures(of owner: FailureOwner, _ now: Timestamp) throws(FileStoreError) -> [CountedFailures] {
        try slots(of: owner)
            .compactMap { _, slot in
                guard now < slot.record.forgottenAt else { return nil }
                return CountedFailures(origin: slot.owner.origin, record: slot.record)
            }
    }

    /// Empties the places of all of a client's failures, under the lock. False, with nothing done, if the file was replaced.
    func forget(failuresOf owner: FailureOwner) throws(FileStoreError) -> Bool {
        try file.fileSystem.lock(file.descriptor)
        defer { file.fileSystem.unlock(file.descriptor) }
        guard try file.isLinked() else { return false }
        for (offset, _) in try slots(of: owner) { try file.write(Self.emptySlot, at: offset) }
        return true
    }

    /// Empties a place, under the lock. False, with nothing done, if the file was replaced.
    func forget(_ position: Position) throws(FileStoreError) -> Bool {
        try file.fileSystem.lock(file.descriptor)
        defer { file.fileSystem.unlock(file.descriptor) }
        guard try file.isLinked() else { return false }
        if let number = try bucket(at: position).number(of: position.tag) {
            try file.write(Self.emptySlot, at: position.offset + Int64(number * FailureSlot.size))
        }
        return true
    }

    private static let emptySlot = [UInt8](repeating: 0, count: FailureSlot.size)

    /// The slots of a client's failures, and where they are.
    private func slots(of owner: FailureOwner) throws(FileStoreError) -> [(offset: Int64, slot: FailureSlot)] {
        let part = try file.read(Int(Part.failures.end - Part.failures.start), at: Part.failures.start)
        return stride(from: 0, to: part.count, by: FailureSlot.size).compactMap { start in
            let slot = FailureSlot(bytes: part[start..<min(start + FailureSlot.size, part.count)])
            guard let slot, slot.owner.isSameClient(as: owner) else { return nil }
            return (Part.failures.start + Int64(start), slot)
        }
    }

    private func bucket(at position: Position) throws(FileStoreError) -> FailureBucket {
        FailureBucket(bytes: try file.read(FailureBucket.size, at: position.offset))
    }

    /// Why a file of that name is not opened because it is not ours: there is none, a link, another user's, a directory, a
    /// pipe or a socket. Any other failure says nothing of the file, which is left as it is.
    private static let notOurs: [Errno] = [
        .noSuchFileOrDirectory, .tooManySymbolicLinkLevels, .permissionDenied, .notPermitted, .isDirectory,
        .noSuchAddressOrDevice,
    ]

    /// Puts an empty file in place, unless another worker was first.
    private static func replace(in root: borrowing Directory) throws(FileStoreError) {
        try root.fileSystem.lock(root.descriptor)
        defer { root.fileSystem.unlock(root.descriptor) }
        if try usable(in: root) != nil { return }
        _ = try root.unlink(name)
        try root.publish(header, as: name)
    }

    /// The file, if it is there and as it has to be.
    private static func usable(in root: borrowing Directory) throws(FileStoreError) -> OpenFile? {
        let file: OpenFile
        do throws(FileStoreError) {
            file = try OpenFile(name, in: root, for: .updating)
        } catch .call(_, _, let errno) where notOurs.contains(errno) {
            return nil
        }
        let status = try file.status()
        guard status.isPrivate, status.size <= Part.proofs.end, try file.read(header.count, at: 0) == header else {
            return nil
        }
        return file
    }
}
