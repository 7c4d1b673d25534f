import GrantCore

/// Takes away what belongs to windows that have passed, as far as the clock can be believed: set a day ahead, it would say
/// so of every window.
struct WindowPurge {
    private var clockWatch = ClockWatch()
    private var clockGlance = LastLook()

    /// Looks at the clock, once a second. A failure refuses nothing: the next purge reports it.
    mutating func glance(at now: Timestamp, in root: borrowing Directory) {
        if clockGlance.isFresh(at: now) { return }
        clockGlance.taken(at: now)
        try? clockWatch.glance(in: root)
    }

    /// Calls the body with the windows that ended a minute ago or earlier.
    ///
    /// - Parameters:
    ///   - believingClock: trusts the clock even if it has been observed only briefly.
    ///   - windows: those that have files.
    mutating func run(
        at now: Timestamp,
        in root: borrowing Directory,
        believingClock: Bool = false,
        windows: @autoclosure () throws(FileStoreError) -> [Window],
        _ unlink: ([Window]) throws(FileStoreError) -> Void
    ) throws(FileStoreError) -> PurgeOutcome {
        let doubt = try clockWatch.look(in: root)
        let passed = try windows().filter { $0.end.adding(seconds: ClockWatch.patience) <= now }
        if let doubt, !believingClock { return .postponed(windows: passed.count, wait: doubt.wait) }
        try unlink(passed)
        return .purged(windows: passed.count)
    }
}
