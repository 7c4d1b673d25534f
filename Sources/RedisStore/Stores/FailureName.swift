import Crypto
import Encoding
import GrantCore

/// The name, in a key, of a client's failures from one origin. Without the engine's key it reveals neither the client nor the origin.
///
///     16 hexadecimal digits   a code of the client's id, by which all of its failures are found
///     16 bytes                a code of the id and the origin
///     0 to 8 bytes            the origin, encrypted; nothing if it is longer
///
/// The middle part is a synthetic nonce: no two origins of a client are encrypted with the same bytes.
struct FailureName {
    private static let longestOrigin = 8
    private static let prefixSize = 16
    private static let codeSize = 16

    private let key: EngineKey.Known

    /// Names under an engine's key.
    init(_ key: EngineKey.Known) {
        self.key = key
    }

    /// What the names of all of a client's failures begin with.
    func prefix(of id: ClientID) -> String {
        // An id has no control characters, so each use has codes of its own.
        Hex.encode(key.name(of: [1] + id.value.utf8).prefix(Self.prefixSize / 2))
    }

    /// The name of the failures of a client from an origin.
    func name(of id: ClientID, _ origin: Origin) -> [UInt8] {
        let place = origin.bytes
        let code = key.name(of: Array(id.value.utf8) + [0] + place)
        return prefix(of: id).utf8 + code + (place.count <= Self.longestOrigin ? encrypted(place, code) : [])
    }

    /// The origin that a name speaks of; the unknown one if it was too long.
    func origin(in name: some Collection<UInt8>) -> Origin {
        let rest = name.dropFirst(Self.prefixSize)
        let place = Array(rest.dropFirst(Self.codeSize).prefix(Self.longestOrigin))
        return Origin(bytes: encrypted(place, Array(rest.prefix(Self.codeSize))))
    }

    /// Encrypts bytes, or decrypts them.
    private func encrypted(_ bytes: [UInt8], _ code: [UInt8]) -> [UInt8] {
        zip(bytes, key.name(of: [2] + code)).map { $0 ^ $1 }
    }
}
