import GrantCore

/// The few slots in one of which a counted thing has its place; one read brings them all.
struct FailureBucket {
    /// Slots in a bucket.
    static let slotCount = 4
    /// Bytes of a bucket in a file.
    static let size = slotCount * FailureSlot.size

    private let bytes: [UInt8]

    /// A bucket of these bytes: fewer than ``size`` if the file ends before it does.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What is on record for a tag, unless it is forgotten by now.
    func record(of tag: UInt64, at now: Timestamp) -> FailureRecord? {
        guard let own = number(of: tag), let record = slot(own)?.record, now < record.forgottenAt else { return nil }
        return record
    }

    /// The slot to write a tag's record to: its own, or a free one, or that of the lowest count, so that a flood of new
    /// names never drives out what is known of a persistent guesser.
    func place(for tag: UInt64, at now: Timestamp) -> Int {
        if let own = number(of: tag) { return own }
        let slots = (0..<Self.slotCount).map(slot)
        if let free = slots.firstIndex(where: { $0.map { $0.record.forgottenAt <= now } ?? true }) { return free }
        let ranks = slots.enumerated().compactMap { number, slot in
            slot.map { (count: $0.record.count, until: $0.record.until, number: number) }
        }
        return ranks.min { ($0.count, $0.until) < ($1.count, $1.until) }?.number ?? 0
    }

    /// The slot that has a tag's record.
    func number(of tag: UInt64) -> Int? {
        (0..<Self.slotCount).first { number in FailureSlot.tag(in: content(of: number)) == tag && slot(number) != nil }
    }

    /// What stands in a slot; nil if it is empty.
    func slot(_ number: Int) -> FailureSlot? {
        FailureSlot(bytes: content(of: number))
    }

    private func content(of number: Int) -> ArraySlice<UInt8> {
        let start = min(number * FailureSlot.size, bytes.count)
        return bytes[start..<min(start + FailureSlot.size, bytes.count)]
    }
}
