package import GrantCore

/// What failures were counted, and when: positions are those of the machine's log.
package struct CountLedger: Sendable {
    private struct Version {
        let record: FailureRecord
        let begun: Int
        var answered: Int?
    }

    /// In the order in which they were written, which happens under a lock.
    private var versions: [FailureKey: [Version]] = [:]

    package init() {}

    /// Notes that a record is about to be written.
    package mutating func begin(_ record: FailureRecord, of key: FailureKey, at position: Int) {
        versions[key, default: []].append(Version(record: record, begun: position, answered: nil))
    }

    /// Notes that it was.
    package mutating func finish(_ record: FailureRecord, of key: FailureKey, at position: Int) {
        guard let index = versions[key]?.lastIndex(where: { $0.record == record }) else { return }
        versions[key]?[index].answered = position
    }

    /// What a process may read that asks from a position on, as long as no power cut comes in between.
    package func readable(_ key: FailureKey, from position: Int, at now: Timestamp) -> [FailureRecord?] {
        let versions = versions[key] ?? []
        let last = versions.lastIndex { $0.answered.map { $0 <= position } ?? false }
        let possible = versions[(last ?? 0)...]
        // While it is written, it may read as nothing.
        let isNothing = last == nil || possible.contains { $0.answered == nil || now >= $0.record.forgottenAt }
        return (isNothing ? [nil] : []) + possible.map(\.record)
    }

    /// What may be read after a power cut at a position: nothing, or what was written at any time before.
    package func survivors(_ key: FailureKey, at position: Int) -> [FailureRecord?] {
        [nil] + (versions[key] ?? []).filter { $0.begun <= position }.map(\.record)
    }

    /// What was found after a power cut: it stays as it is.
    package mutating func find(_ record: FailureRecord, of key: FailureKey) {
        versions[key] = [Version(record: record, begun: 0, answered: 0)]
    }

    /// How much of it was done by a position.
    package func answers(at position: Int) -> Int {
        versions.values.joined().count { $0.begun <= position }
            + versions.values.joined().count { $0.answered.map { $0 <= position } ?? false }
    }
}
