import GrantCore

/// Which versions of the registry this process has seen: it remembers no client across one that is new to it.
///
/// Whoever changes a client puts a new version into all `g` keys before the change counts as made. So a client that was
/// read after a version was first seen is at least as new as all changes before that version.
final class ClientVersions {
    private static let memoryLimit = 4096

    private var seen: Set<[UInt8]> = []
    /// Counts the new versions. What was asked before the last one must not be remembered.
    private(set) var epoch = 0

    /// Takes note of a version.
    ///
    /// - Returns: whether it was seen before.
    /// - Throws: if there is none: then the engine was never set up, or has lost all.
    func note(_ reply: RedisReply) throws(EngineFailure) -> Bool {
        guard let version = reply.bytes else {
            throw .misconfigured("the engine is not set up for grantd: run `grantctl store init`")
        }
        if seen.contains(version) { return true }
        if seen.count >= Self.memoryLimit { seen.removeAll() }
        seen.insert(version)
        epoch += 1
        return false
    }
}
