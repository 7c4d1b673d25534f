package import GrantCore

/// What happens in the state directory that is worth a line in the log.
package enum StoreReport: Sendable, Equatable {
    /// A client's file cannot be used, so that the client is as good as none.
    case unusableClient(file: String, reason: String)
    /// A slot that a token points to is torn or decayed.
    case damagedSlot(file: String, slot: UInt32)
    /// A grant that a token refers to is not there.
    case lostGrant(file: String)
    /// Windows that had passed were unlinked.
    case purged(windows: Int)
    /// Windows that have passed by the clock are kept, since the clock was set, or has been watched for too short a time.
    case purgePostponed(windows: Int)
    /// Failed authentications cannot be counted.
    case countingFailed(StorageError)
    /// Windows that have passed could not be unlinked.
    case purgeFailed(StorageError)
    /// That a secret was used could not be recorded.
    case useNotRecorded(StorageError)
}
