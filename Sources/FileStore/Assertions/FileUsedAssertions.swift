package import GrantCore

/// Used assertions in files, shared by any number of processes of one machine.
///
/// - Each window of expiry has a file, see ``AssertionFile``. A name is looked for in all windows that have not passed, so
///   that an assertion with another end and the same `jti` counts as used.
/// - Looking up and noting are one step under one lock, held for microseconds. A process that dies at any moment leaves at
///   worst a use that was not answered.
/// - With `Durability.disk` a use is on the disk before it is answered. With `process` a power cut may lose those of the
///   last seconds: `forgetsUntil` then says that what was issued before the machine started is to be refused.
/// - A window that has passed is unlinked by the process that opens a new one, or finds no room, unless the clock is not trusted. What
///   is unlinked so is written down first as a horizon, before which no assertion counts, should the clock be set back.
package final class FileUsedAssertions: UsedAssertions {
    private let state: StateDirectory
    private let directory: Directory
    private let durability: Durability
    private let bucketCount: Int64
    private let report: (StoreReport) -> Void
    private var lock: AssertionLock?
    /// The changes by which the windows are known.
    private var seenChanges: UInt64?
    /// The windows that have files, in an order that a run of the simulation repeats.
    private var windows: [Window] = []
    private var files: [Window: AssertionFile] = [:]
    private var purging = WindowPurge()

    /// The least span of a window is 2 to this power of seconds, and the usual one: at most three windows are looked
    /// through where no assertion lives longer than twice that.
    private static let leastExponent = 9

    /// The used assertions in a state directory.
    ///
    /// - Parameters:
    ///   - bucketCount: the buckets of a file's first table. All processes need the same; tests take fewer.
    ///   - report: hears what is worth a line in the log.
    package init(
        in state: StateDirectory,
        durability: Durability,
        bucketCount: Int64 = AssertionFile.usualBucketCount,
        report: @escaping (StoreReport) -> Void = { _ in }
    ) throws(StateError) {
        self.state = state
        self.durability = durability
        self.bucketCount = bucketCount
        self.report = report
        directory = try state.assertions()
    }

    package var forgetsUntil: Timestamp? {
        let fileSystem = directory.fileSystem
        return durability == .disk
            ? nil : Timestamp(microseconds: fileSystem.now.microseconds - fileSystem.sinceBoot)
    }

    package func use(_ name: AssertionName, until end: Timestamp, at now: Timestamp) throws(StorageError) -> Bool {
        if end <= now { return false }
        do throws(StorageError) {
            return try StorageError.attempt { () throws(FileStoreError) in
                try state.requireCurrent(.assertions, at: now)
                purging.glance(at: now, in: state.root)
                return try note(name, until: end, at: now)
            }
        } catch .full(let text) {
            // Without room no new window is opened, so no process purges.
            guard purgeInPassing(at: now) > 0 else { throw .full(text) }
            return try StorageError.attempt { () throws(FileStoreError) in try note(name, until: end, at: now) }
        }
    }

    /// Unlinks the files of all windows that ended a minute ago or earlier, if the clock can be believed.
    package func purge(at now: Timestamp) throws(StorageError) -> PurgeOutcome {
        try StorageError.attempt { () throws(FileStoreError) in
            try purging.run(at: now, in: state.root, windows: windowsInPlace()) { passed throws(FileStoreError) in
                guard let horizon = passed.map(\.end).max() else { return }
                try withLock { lock, record throws(FileStoreError) in
                    record.horizon = max(record.horizon, horizon)
                    record.changes += 1
                    try lock.write(record)
                }
                if durability == .disk { try lock?.sync() }
                for window in passed { _ = try directory.unlink(window.assertionsName) }
            }
        }
    }

    /// The window that a name is noted in.
    private func window(until end: Timestamp, at now: Timestamp) -> Window {
        let left = Int(clamping: (end.microseconds - now.microseconds) / 1_000_000)
        // A quarter of the lifetime that is told is the span.
        let (lifetime, isTooLong) = max(left, 1 << Self.leastExponent).multipliedReportingOverflow(by: 4)
        return Window(expiresAt: end, lifetime: isTooLong ? .max : lifetime)
    }

    private func note(_ name: AssertionName, until end: Timestamp, at now: Timestamp) throws(FileStoreError) -> Bool {
        let window = window(until: end, at: now)
        let noted = try withLock { (lock, record) throws(FileStoreError) -> (file: AssertionFile, isFirst: Bool)? in
            if seenChanges != record.changes { try list(record, at: now) }
            guard record.horizon < end else {
                throw .damaged("the clock was set back: whether an assertion was used until then is forgotten")
            }
            var own: (file: AssertionFile, offset: Int64)?
            for known in windows where now < known.end {
                guard let file = try open(known, at: now) else { continue }
                switch try file.place(of: name) {
                case .used: return nil
                case .free(let offset): if known == window { own = (file, offset) }
                }
            }
            if let own {
                try own.file.note(name, at: own.offset)
                return (own.file, false)
            }
            let file = try make(window, lock, &record, at: now)
            guard case .free(let offset) = try file.place(of: name) else { return nil }
            try file.note(name, at: offset)
            return (file, true)
        }
        guard let noted else { return false }
        if durability == .disk { try noted.file.sync(in: directory) }
        if noted.isFirst { purgeInPassing(at: now) }
        return true
    }

    /// Makes a window's file. The others are told first: what a killed process has told without doing it does no harm.
    private func make(
        _ window: Window,
        _ lock: AssertionLock,
        _ record: inout AssertionLock.Record,
        at now: Timestamp
    ) throws(FileStoreError) -> AssertionFile {
        record.changes += 1
        try lock.write(record)
        let file = try AssertionFile.making(window, in: directory, bucketCount: bucketCount, at: now)
        seenChanges = record.changes
        if !windows.contains(window) { windows.append(window) }
        files[window] = file
        return file
    }

    /// Learns which windows have files. Unlinked files take room as long as a process has them open.
    private func list(_ record: AssertionLock.Record, at now: Timestamp) throws(FileStoreError) {
        windows = try windowsInPlace().sorted { $0.slotsName < $1.slotsName }
        files = files.filter { windows.contains($0.key) && now < $0.key.end }
        seenChanges = record.changes
    }

    /// A window's file; nil if it was taken away by hand.
    private func open(_ window: Window, at now: Timestamp) throws(FileStoreError) -> AssertionFile? {
        if let file = files[window], try file.isCurrent(at: now, in: directory) { return file }
        files[window] = try AssertionFile.existing(window, in: directory, bucketCount: bucketCount, at: now)
        return files[window]
    }

    private func windowsInPlace() throws(FileStoreError) -> [Window] {
        try directory.names().compactMap(Window.init(assertionsName:))
    }

    /// Runs the body under the lock, whose file is made again if it was taken away.
    private func withLock<Result>(
        _ body: (AssertionLock, inout AssertionLock.Record) throws(FileStoreError) -> Result
    ) throws(FileStoreError) -> Result {
        while true {
            let held: AssertionLock
            if let lock {
                held = lock
            } else {
                held = try AssertionLock(in: directory)
                lock = held
                seenChanges = nil
            }
            let result = try held.hold { (record) throws(FileStoreError) in try body(held, &record) }
            if let result { return result }
            lock = nil
        }
    }

    /// A purge that fails refuses no assertion: it is retried with the next window.
    @discardableResult
    private func purgeInPassing(at now: Timestamp) -> Int {
        do {
            if case .purged(let count) = try purge(at: now) { return count }
        } catch {
            report(.purgeFailed(error))
        }
        return 0
    }
}
