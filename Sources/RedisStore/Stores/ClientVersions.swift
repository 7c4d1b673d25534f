/// The version of the registry that this process has last seen under each tag: it remembers no client across one that is
/// new to it.
///
/// Whoever changes a client puts a new value into each `g` key before the change counts as made, and no value is ever
/// written twice. So while a key has the value that was seen there, all changes that count were made before that; and a
/// client that was read afterwards has them. A member that was not met before may
/// have lost some, so that all are forgotten.
final class ClientVersions {
    private var seen = [[UInt8]?](repeating: nil, count: Tag.count)
    /// Counts the new values. What was asked before the last one must not be remembered.
    private(set) var epoch = 0
    /// Is called when a request, or a member that was not met before, has shown that values are new.
    var onChange: () -> Void = {}

    /// Forgets all values: the keys of a member may have been taken back to earlier ones.
    func forget() {
        seen = Array(repeating: nil, count: Tag.count)
        epoch += 1
        onChange()
    }

    /// Takes note of the value under a tag.
    ///
    /// - Throws: if there is none: then the engine was never set up, or has lost all.
    func note(_ reply: RedisReply, of tag: Tag) throws(EngineFailure) {
        guard let value = reply.bytes else {
            throw .misconfigured("the engine is not set up for grantd: run `grantctl store init`")
        }
        guard seen[tag.number] != value else { return }
        seen[tag.number] = value
        epoch += 1
        onChange()
    }

    /// Takes note of values that were read before a request met them. Replies without a value are left out.
    func note(_ replies: some Sequence<(Tag, RedisReply)>) {
        let before = seen
        for (tag, reply) in replies { if let value = reply.bytes { seen[tag.number] = value } }
        if seen != before { epoch += 1 }
    }
}
