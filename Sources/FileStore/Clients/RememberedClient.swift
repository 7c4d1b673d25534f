import GrantCore

/// A client as it was read from its file, and what shows whether the file is still the same.
final class RememberedClient {
    /// The client; nil if the file cannot be used.
    let client: Client?
    /// The file's name.
    let name: String
    /// The file's status when it was read.
    let status: FileStatus
    /// Whether any later change would show: within a tick of the kernel's clock a file can change twice and look the same.
    let isSettled: Bool
    /// When the name was last seen to stand for this file.
    var seenByNameAt: Timestamp
    private let file: OpenFile?

    /// The longest that only the open file is asked, in seconds: a file system might not tell of a name that was moved.
    private static let trust: Int64 = 1
    /// Longer than any tick of the kernel's clock, in nanoseconds.
    private static let tick: Int64 = 50_000_000

    /// Remembers what was read.
    ///
    /// - Parameter file: the file, to be kept open; nil if it is to be looked up by its name.
    init(_ client: Client?, name: String, _ status: FileStatus, _ file: consuming OpenFile?, at now: Timestamp) {
        self.client = client
        self.name = name
        self.status = status
        self.file = file
        seenByNameAt = now
        isSettled = now.microseconds * 1000 - status.changedAt > Self.tick
    }

    /// Whether its file is kept open.
    var isOpen: Bool { file != nil }

    /// Whether the open file says that nothing was done to it since it was read: another content, mode or owner, a name
    /// that was taken away or moved, or that stands for another file now.
    func isUnchanged(at now: Timestamp) throws(FileStoreError) -> Bool {
        guard isSettled, seenByNameAt <= now, now < seenByNameAt.adding(seconds: Self.trust) else { return false }
        return try file?.status() == status
    }
}
