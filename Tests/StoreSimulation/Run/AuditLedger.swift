package import FileStore
package import GrantCore

/// What was appended to the audit, and when: positions are those of the machine's log.
package struct AuditLedger: Sendable {
    private struct Entry {
        let line: String
        var isDurable: Bool
        let begun: Int
        var answered: Int?
    }

    private var entries: [Entry] = []

    package init() {}

    /// Describes an event that is told from all others by its number, and notes that it is about to be appended.
    package mutating func begin(
        _ kind: AuditEvent.Kind,
        of client: ClientID,
        _ durability: Durability,
        at position: Int
    ) -> (number: Int, event: AuditEvent) {
        let number = entries.count
        let origin = AuditEvent.Origin.request(endpoint: "/token", address: nil, id: "\(number)")
        let name = kind == .denial ? "denial" : "issue"
        entries.append(
            Entry(
                line: #""event":"\#(name)","outcome":"success","client":"\#(client)","endpoint":"/token","#
                    + #""request":"\#(number)"}"#,
                isDurable: durability == .disk && kind != .denial,
                begun: position
            )
        )
        return (number, AuditEvent(kind, .success, from: origin, client: client))
    }

    /// Notes that it was.
    package mutating func finish(_ number: Int, at position: Int) {
        entries[number].answered = position
    }

    /// Takes everything for durable, as it is to processes while the machine runs.
    package mutating func makeDurable() {
        for number in entries.indices { entries[number].isDurable = true }
    }

    /// Holds what is in all files of the audit to what was answered by a position.
    ///
    /// - Returns: what is certainly there from now on.
    package func hold(_ files: [[UInt8]], at position: Int) throws(Violation) -> AuditLedger {
        var found: [String: Int] = [:]
        for bytes in files {
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                guard let content = Self.content(line) else { continue }
                found[content, default: 0] += 1
            }
        }
        var after = self
        for (number, entry) in entries.enumerated() {
            let count = found.removeValue(forKey: entry.line) ?? 0
            let isObliged = entry.isDurable && entry.answered.map { $0 <= position } ?? false
            try Violation.unless(count == 1 || !isObliged, "event \(number) is on record, but \(count) times")
            try Violation.unless(count <= 1, "event \(number) is on record once")
            after.entries[number].isDurable = count == 1
            after.entries[number].answered = count == 1 ? 0 : nil
        }
        try Violation.unless(found.isEmpty, "each whole line is an event, but there are \(found.keys)")
        return after
    }

    /// What follows the time in a line that is whole; nil for one that is not.
    private static func content(_ line: ArraySlice<UInt8>) -> String? {
        let head = #"{"time":"2027-01-15T08:00:00.000000Z","#.utf8.count
        guard line.starts(with: #"{"time":""#.utf8), line.suffix(2) == Array(#""}"#.utf8)[...], line.count > head,
            !line.contains(0)
        else { return nil }
        return String(decoding: line.dropFirst(head), as: UTF8.self)
    }

    /// How much of it was done by a position.
    package func answers(at position: Int) -> Int {
        entries.count { $0.begun <= position } + entries.count { $0.answered.map { $0 <= position } ?? false }
    }
}

extension [Node] {
    /// What is in the files of the audit: the one that is appended to, and those that it was rotated to.
    package var auditFiles: [[UInt8]] {
        self[0].entries.filter { $0.key.hasPrefix(SimulatedWorker.auditName) }.map { self[$0.value].bytes }
    }

    /// Whether root made the file and did not come to hand it over: nothing is in it then.
    package var isAuditHalfMade: Bool {
        guard let node = self[0].entries[SimulatedWorker.auditName].map({ self[$0] }) else { return false }
        return node.owner == User.root && node.bytes.isEmpty
    }
}
