import Crypto
import GrantCore

/// Under which keys a client is kept.
struct ClientKey {
    let tag: Tag
    /// SHA-256 of the id.
    let hash: [UInt8]

    /// The keys of a client.
    init(_ id: ClientID) {
        hash = unsafe SHA256.hash(data: Array(id.value.utf8)).withUnsafeBytes { unsafe Array($0) }
        tag = Tag(hash)
    }

    /// The registration: a hash of `j`, the client's JSON, and `n`, the number of its last change.
    var registration: [UInt8] { tag.key("c", hash) }
    /// The last uses of its secrets: a hash of seconds since 1970 by the secrets' short names.
    var uses: [UInt8] { tag.key("u", hash) }

    /// The question for the JSON and the registry's version.
    var question: RedisCommands {
        var commands = RedisCommands()
        commands.append([[UInt8]("HGET"), registration, [UInt8]("j")])
        commands.append([[UInt8]("GET"), tag.key("g")])
        return commands
    }
}
