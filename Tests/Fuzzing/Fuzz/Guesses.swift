@testable import FileStore
@testable import GrantCore

/// The input as what stands in the file of failed authentications, from its start or from its first buckets on.
///
/// The first byte says what is put right of it, as no input finds its way through a check value by itself.
func guesses(_ input: [UInt8]) {
    guard let options = input.first else { return }
    let rest = Array(input.dropFirst())
    var content = options & 1 == 0 ? rest : header + rest
    for start in stride(from: header.count, through: content.count - FailureSlot.size, by: FailureSlot.size) {
        if options & 2 != 0, start == target.offset {
            for index in 0..<8 { content[start + index] = UInt8(truncatingIfNeeded: target.tag >> (8 * index)) }
        }
        if options & 4 != 0 {
            let check = bitwiseCRC(content[start..<start + 12] + content[start + 16..<start + FailureSlot.size])
            for index in 0..<4 { content[start + 12 + index] = UInt8(truncatingIfNeeded: check >> (8 * index)) }
        }
    }
    if options & 8 != 0 { content += [UInt8](repeating: 0, count: 900_000) }
    let files = MemoryFileSystem()
    files["", FailureFile.name] = content
    let (counts, other) = (open(files), open(files))

    let found = counts.record(of: target.key, at: now)
    expect(other.record(of: target.key, at: now) == found, "every process reads the same")
    if let found { expect(isWritten(found, in: content), "what counts is a whole slot of the key's own") }
    expect(found.map { now < $0.forgottenAt } ?? true, "what is forgotten does not count")

    let next = FailureRecord(count: 3, until: now, forgottenAt: now.adding(seconds: 60))
    counts.update(target.key, at: now) { record in
        expect(record == found, "what is counted on is what was read")
        return next
    }
    for counts in [counts, other, open(files)] {
        expect(counts.record(of: target.key, at: now) == next, "what is counted is read by every process")
    }
    let size = files["", FailureFile.name]?.count ?? 0
    expect(size <= 865 * 1024, "it has a bound: \(size)")
    expect(files["", FailureFile.name]?.starts(with: header) == true, "it is of our format afterwards")
}

private let now = Timestamp(seconds: 1_800_000_000)
private let header = Array("grantd guesses 2\n".utf8) + [UInt8](repeating: 0, count: 47)

private func open(_ files: MemoryFileSystem) -> FileFailureCounts {
    files["", "key"] = [UInt8](repeating: 9, count: 32)
    files["tokens", "none"] = []
    files["clients", "none"] = []
    do {
        return FileFailureCounts(in: try StateDirectory(path: "/state", fileSystem: files)) { report in
            expect(false, "every file can be used, or replaced: \(report)")
        }
    } catch {
        fatalError("the state can be used: \(error)")
    }
}

/// Whether a slot of the key's bucket says this, held against a check value of its own.
private func isWritten(_ record: FailureRecord, in content: [UInt8]) -> Bool {
    (0..<FailureBucket.slotCount).contains { number in
        let start = target.offset + number * FailureSlot.size
        guard start + FailureSlot.size <= content.count else { return false }
        let slot = content[start..<start + FailureSlot.size]
        return slot.littleEndian(at: 0, as: UInt64.self) == target.tag
            && slot.littleEndian(at: 8, as: UInt32.self) == record.count
            && slot.littleEndian(at: 12, as: UInt32.self) == bitwiseCRC(slot.prefix(12) + slot.dropFirst(16))
            && slot.littleEndian(at: 16, as: Int64.self) == record.until.microseconds
            && slot.littleEndian(at: 24, as: Int64.self) == record.forgottenAt.microseconds
    }
}

/// A key whose place is so near the start that an input gets there.
private let target: (key: FailureKey, offset: Int, tag: UInt64) = {
    let counts = open(MemoryFileSystem())
    for number in 0..<100_000 {
        guard let id = ClientID("client-\(number)") else { break }
        let key = FailureKey.failures(id, .unknown)
        let position = counts.position(of: key)
        if position.offset < 512 { return (key, Int(position.offset), position.tag) }
    }
    fatalError("one of so many has a place near the start")
}()
