import Crypto
import GrantCore

/// Under which key a token is kept: by its SHA-256, from which the token cannot be computed.
struct TokenKey: Equatable {
    let tag: Tag
    /// `t`, the tag in braces, and the digest's last 31 bytes. The tag holds the first byte.
    let key: [UInt8]
    let digest: [UInt8]

    /// The key of a token with this SHA-256.
    init(_ digest: [UInt8]) {
        self.digest = digest
        tag = Tag(digest)
        key = tag.key("t", digest[1...])
    }

    /// The key of a token.
    ///
    /// - Parameter bytes: what an opaque token is written from; a signed one is known by its text.
    init(of token: AccessToken, _ bytes: [UInt8]) {
        let digest = token.isSigned ? SHA256.hash(of: token.exposedValue) : SHA256.hash(data: bytes)
        self.init(unsafe digest.withUnsafeBytes { unsafe Array($0) })
    }

    /// The question for the record and the registry's version.
    var question: RedisCommands { command("MGET", key, tag.key("g")) }

    /// Deletes the record.
    var deletion: RedisCommands { command("DEL", key) }

    /// Ends the token, whether it is there or not, by writes that replicas get in any case, so that `WAIT` speaks of them.
    /// The first reply is the record that was there.
    var revocation: RedisCommands {
        var commands = command("SET", key, [], [UInt8]("PX"), [UInt8]("1000"), [UInt8]("GET"))
        commands.append(deletion)
        return commands
    }

    /// Marks the token as revoked until so many milliseconds have passed, in an engine that may be about to import it.
    func tombstone(milliseconds: Int64) -> RedisCommands {
        command("SET", key, [], [UInt8]("PX"), [UInt8]("\(max(1, milliseconds))"), [UInt8]("GET"))
    }

    /// Keeps a record.
    ///
    /// - Parameter isNew: only where there is none.
    func storage(of value: [UInt8], milliseconds: Int64, onlyIfNew isNew: Bool = false) -> RedisCommands {
        var commands = RedisCommands()
        var arguments = [[UInt8]("SET"), key, value, [UInt8]("PX"), [UInt8]("\(milliseconds)")]
        if isNew { arguments.append([UInt8]("NX")) }
        commands.append(arguments)
        return commands
    }

    private func command(_ name: String, _ arguments: [UInt8]...) -> RedisCommands {
        var commands = RedisCommands()
        commands.append([[UInt8](name)] + arguments)
        return commands
    }
}
