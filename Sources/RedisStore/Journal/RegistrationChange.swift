import FileStore

/// A registration as a change left it.
package struct RegistrationChange: Equatable, Sendable {
    /// SHA-256 of the client's id.
    package let client: [UInt8]
    /// The change's number, 16 hexadecimal digits: of two changes the one with the higher number counts.
    package let number: String
    /// The client's JSON; empty if it was removed.
    package let json: [UInt8]

    /// How many seconds a removed client's number is kept, so that an older change does not bring the client back.
    static let removedLifetime = 365 * 86400

    /// The JSON's longest form and what stands around it, in bytes.
    private static let longest = 65_536 + 48

    /// The function that puts it into an engine where nothing newer is.
    ///
    /// - Parameter expected: the number that has to be on record, empty for none; nil for any.
    func put(expecting expected: String? = nil) -> RedisCommands {
        var commands = RedisCommands()
        commands.append([
            [UInt8]("FCALL"), [UInt8](FunctionLibrary.put), [UInt8]("1"), Tag(client).key("c", client),
            [UInt8](number), json, [UInt8](json.isEmpty ? "\(Self.removedLifetime)" : "0"), [UInt8](expected ?? "*"),
        ])
        return commands
    }

    /// The record in the journal: length and CRC-32 of the rest, the id's hash, the number, the JSON.
    var record: [UInt8] {
        let body = client + Array(number.utf8) + json
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(body.count))
        bytes.append(littleEndian: CRC32.checksum(body[...]))
        return bytes + body
    }

    /// The whole records in a file's bytes.
    static func all(in bytes: [UInt8]) -> [RegistrationChange] {
        var changes: [RegistrationChange] = []
        var start = 0
        while let body = body(in: bytes, at: start) {
            changes.append(
                RegistrationChange(
                    client: Array(body.prefix(32)),
                    number: String(decoding: body.dropFirst(32).prefix(16), as: UTF8.self),
                    json: Array(body.dropFirst(48))
                )
            )
            start = body.endIndex
        }
        return changes
    }

    /// How many bytes of a file are whole records: what follows was torn.
    static func wholeLength(of bytes: [UInt8]) -> Int {
        var start = 0
        while let body = body(in: bytes, at: start) { start = body.endIndex }
        return start
    }

    private static func body(in bytes: [UInt8], at start: Int) -> ArraySlice<UInt8>? {
        guard start + 8 <= bytes.count else { return nil }
        let length = Int(bytes[...].littleEndian(at: start, as: UInt32.self))
        guard (48...longest).contains(length), start + 8 + length <= bytes.count else { return nil }
        let body = bytes[(start + 8)..<(start + 8 + length)]
        return CRC32.checksum(body) == bytes[...].littleEndian(at: start + 4, as: UInt32.self) ? body : nil
    }
}
