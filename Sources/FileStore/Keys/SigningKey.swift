import Encoding
import GrantCore
package import JOSE

/// A key that signs tokens, as its file in `keys/` has it: a JSON object with the key as PKCS #8 in PEM.
///
/// Its name is its thumbprint (RFC 7638), which tokens name as `kid`.
package struct SigningKey: Sendable {
    /// The key.
    package let key: PrivateKey
    /// The header of the tokens that it signs (RFC 9068 §2.1), which is the same for all.
    let header: JWSHeaderPart
    /// When it signs.
    package var schedule: SigningKeySchedule

    /// Why a file is not a key's; the end of the sentence "it …", without anything of the key.
    package struct Unusable: Error, Equatable {
        package let reason: String
    }

    /// The longest file, in bytes.
    package static let sizeLimit = 16384

    /// A key with its schedule.
    package init(_ key: PrivateKey, _ schedule: SigningKeySchedule) {
        self.key = key
        header = key.header(type: "at+jwt")
        self.schedule = schedule
    }

    /// Makes a new key. Its name does not begin with a hyphen, so that no command takes it for an option.
    ///
    /// - Parameter modulusLength: the bits of an RSA modulus, a multiple of 8 from 2048 to 4096; the others have their own.
    package static func generate(
        _ algorithm: Algorithm,
        modulusLength: Int = 2048
    ) throws(PrivateKey.Fault) -> PrivateKey {
        while true {
            let key = try PrivateKey.generate(algorithm, modulusLength: modulusLength)
            if key.publicKey.keyID?.hasPrefix("-") == false { return key }
        }
    }

    /// Its `kid`.
    package var id: String { key.publicKey.keyID ?? "" }

    /// The name of its file.
    var fileName: String { id + Self.fileEnding }

    static let fileEnding = ".json"

    /// Reads a file.
    ///
    /// - Parameter name: the file's name, which has to be the one of this key.
    init(_ bytes: [UInt8], named name: String) throws(Unusable) {
        guard let document = try? JSONDocument(bytes), case .object(let members) = document else {
            throw Unusable(reason: "is not a JSON object")
        }
        guard case .string(let algorithmName)? = members["alg"], let algorithm = Algorithm(rawValue: algorithmName)
        else {
            throw Unusable(reason: "has no alg that is known")
        }
        guard case .string(let pem)? = members["private_key"] else { throw Unusable(reason: "has no private_key") }
        let key: PrivateKey
        do throws(PrivateKey.Fault) { key = try PrivateKey(pem: pem, for: algorithm) } catch {
            throw Unusable(reason: "has a private_key that \(error)")
        }
        guard let createdAt = try Self.time("created_at", in: members),
            let activeAt = try Self.time("active_at", in: members)
        else { throw Unusable(reason: "has no created_at or active_at") }
        var schedule = SigningKeySchedule(createdAt: createdAt, activeAt: activeAt)
        schedule.retiredAt = try Self.time("retired_at", in: members)
        schedule.publishedUntil = try Self.time("published_until", in: members)
        self.init(key, schedule)
        guard name == fileName else { throw Unusable(reason: "is not the key that its name says") }
    }

    /// The file as it is written.
    var bytes: [UInt8] {
        var object = JSONObject()
        object.add("kid", id)
        object.add("alg", key.algorithm.rawValue)
        object.add("created_at", schedule.createdAt.seconds)
        object.add("active_at", schedule.activeAt.seconds)
        if let time = schedule.retiredAt { object.add("retired_at", time.seconds) }
        if let time = schedule.publishedUntil { object.add("published_until", time.seconds) }
        object.add("private_key", key.pem)
        return Array("\(object.text)\n".utf8)
    }

    /// Seconds since 1970.
    private static func time(_ name: String, in members: [String: JSONDocument]) throws(Unusable) -> Timestamp? {
        guard let value = members[name] else { return nil }
        guard case .number(let text) = value, let seconds = Int64(text), (0...253_402_300_799).contains(seconds) else {
            throw Unusable(reason: "has a \(name) that is not whole seconds since 1970")
        }
        return Timestamp(seconds: seconds)
    }
}
