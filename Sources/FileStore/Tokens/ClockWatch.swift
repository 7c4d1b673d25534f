import GrantCore
import SystemPackage

/// Says whether the wall clock may be believed so far that files are taken away on its word.
///
/// Its distance to the boot clock (`CLOCK_BOOTTIME`) changes only if the wall clock is set, or the machine restarts.
/// The distance and the time since which it has stood are in the state directory's file `clock`, so that processes that
/// live for one request know them too. A lost or torn file costs a wait.
struct ClockWatch {
    /// The file's name.
    static let name = "clock"
    /// For how many seconds the distance has to have stood.
    static let probation: Int64 = 300

    /// How many seconds after its end a window goes, so that a change of the clock that passes for slewing ends no token.
    static let patience: Int64 = 60

    /// Why a clock is not believed.
    struct Doubt: Equatable {
        /// Seconds after which it is believed, if it is not set again.
        let wait: Int64
    }

    private var last: Record?

    /// What is on record: microseconds, all three.
    private struct Record: Equatable {
        /// The wall clock less the boot clock.
        var distance: Int64
        /// Since when it has stood, by the boot clock.
        var since: Int64
        /// When it was last looked at, by the boot clock.
        var seen: Int64

        /// The file's size: one write of it is whole or not at all, but for a power cut.
        static let size = 64

        init(distance: Int64, since: Int64, seen: Int64) {
            (self.distance, self.since, self.seen) = (distance, since, seen)
        }

        init?(_ bytes: [UInt8]) {
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
            guard bytes.count == Self.size, words.count == 4, words[3] == "\n" else { return nil }
            guard let distance = Int64(words[0]), let since = Int64(words[1]), let seen = Int64(words[2]),
                since <= seen
            else { return nil }
            self.init(distance: distance, since: since, seen: seen)
        }

        var bytes: [UInt8] {
            let text = "\(distance) \(since) \(seen) "
            return Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: Self.size - text.utf8.count - 1)
                + [UInt8(ascii: "\n")]
        }

        /// Whether a later look finds the same distance: to a second, and to what the kernel may have slewed the clock by
        /// in between, which is a 2000th of the time, and at most to what `patience` makes up for.
        func isContinued(by distance: Int64, at boot: Int64) -> Bool {
            guard boot >= seen else { return false }
            let (change, overflow) = distance.subtractingReportingOverflow(self.distance)
            return !overflow
                && Int64(clamping: change.magnitude)
                    <= min(1_000_000 + (boot - seen) / 2000, ClockWatch.patience * 1_000_000)
        }
    }

    /// Looks at both clocks, and writes if the wall clock was set since this process last did: one that swings between two
    /// times would else be taken for steady.
    mutating func glance(in root: borrowing Directory) throws(FileStoreError) {
        let (wall, boot) = (root.fileSystem.now.microseconds, root.fileSystem.sinceBoot)
        if let last, !last.isContinued(by: wall - boot, at: boot) { _ = try look(in: root) }
    }

    /// Looks at both clocks, and keeps what it saw.
    ///
    /// - Returns: nil if the clock may be believed.
    mutating func look(in root: borrowing Directory) throws(FileStoreError) -> Doubt? {
        let (wall, boot) = (root.fileSystem.now.microseconds, root.fileSystem.sinceBoot)
        let file = try Self.file(in: root)
        let kept = Record(try file?.read(Record.size + 1, at: 0) ?? [])
        var record = Record(distance: wall - boot, since: boot, seen: boot)
        if let last = kept ?? last, last.isContinued(by: record.distance, at: boot) { record.since = last.since }
        last = record
        if kept != nil {
            try file?.write(record.bytes, at: 0)
        } else {
            try root.withExclusiveLock { () throws(FileStoreError) in
                _ = try root.unlink(Self.name)
                try root.publish(record.bytes, as: Self.name)
            }
        }
        let missing = Self.probation * 1_000_000 - (boot - record.since)
        return missing > 0 ? Doubt(wait: (missing + 999_999) / 1_000_000) : nil
    }

    /// Opens the clock's file. Returns nil if it is missing, may not be opened, or is a symbolic link.
    private static func file(in root: borrowing Directory) throws(FileStoreError) -> OpenFile? {
        do throws(FileStoreError) {
            return try OpenFile(name, in: root, for: .updating)
        } catch  where [.noSuchFileOrDirectory, .permissionDenied, .tooManySymbolicLinkLevels].contains(error.errno) {
            return nil
        }
    }
}
