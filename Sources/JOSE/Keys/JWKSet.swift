package import Encoding

/// A JWK Set (RFC 7517 §5): the keys that can be used, and why the others cannot.
package struct JWKSet: Sendable, Equatable {
    /// How long a set's text may be, in bytes.
    package static let maximumLength = 65536
    /// How many keys a set may have, usable or not.
    package static let maximumCount = 32
    /// How many JSON values a set may have, those inside others among them.
    private static let mostValues = 4096

    /// A key of a set that is not used.
    package struct SkippedKey: Sendable, Equatable {
        /// Its place in the set, from 1.
        package let number: Int
        /// Why it is not used.
        package let reason: JWKFault
    }

    /// The keys that can be used, in the set's order.
    package let keys: [PublicKey]
    /// The others, in the set's order.
    package let skipped: [SkippedKey]

    /// Why a text is not taken for a set. No case holds any of it.
    package enum Fault: Error, Equatable {
        /// It has more than ``JWKSet/maximumLength`` bytes.
        case tooLong
        /// It is not a JSON object, or a member is there twice.
        case notAnObject(StrictObject.Fault)
        /// It has no array `keys`, or one with something else than objects.
        case noKeys
        /// It has more than ``JWKSet/maximumCount`` keys.
        case tooManyKeys
        /// The key at this place, from 1, is a private one.
        case privateKey(number: Int)
        /// It has keys, and all of them are shared secrets.
        case sharedSecretsOnly
    }

    /// Reads a set from its text.
    package init(_ text: [UInt8]) throws(Fault) {
        guard text.count <= Self.maximumLength else { throw .tooLong }
        let object: StrictObject
        do throws(StrictObject.Fault) {
            object = try StrictObject(text, mostValues: Self.mostValues)
        } catch {
            throw .notAnObject(error)
        }
        try self.init(members: object.members)
    }

    /// Reads a set that is a value in another document, which has been bounded in length as a whole.
    package init(_ document: JSONDocument) throws(Fault) {
        guard case .object(let members) = document else { throw .notAnObject(.notAnObject) }
        try self.init(members: members)
    }

    private init(members: [String: JSONDocument]) throws(Fault) {
        guard case .array(let documents)? = members["keys"] else { throw .noKeys }
        guard documents.count <= Self.maximumCount else { throw .tooManyKeys }
        var found: [(number: Int, key: PublicKey)] = []
        var skipped: [SkippedKey] = []
        for (number, document) in zip(1..., documents) {
            do throws(JWKFault) {
                found.append((number, try PublicKey(jwk: document)))
            } catch .privateKey {
                throw .privateKey(number: number)
            } catch .notAnObject {
                throw .noKeys
            } catch {
                skipped.append(SkippedKey(number: number, reason: error))
            }
        }
        guard documents.isEmpty || !skipped.allSatisfy({ $0.reason == .sharedSecret }) || !found.isEmpty else {
            throw .sharedSecretsOnly
        }
        // Of two keys by one name none is known to be the one that is meant.
        var uses: [Name: Int] = [:]
        for (_, key) in found { if let name = Name(of: key) { uses[name, default: 0] += 1 } }
        let isRepeated = { (key: PublicKey) in Name(of: key).map { uses[$0, default: 0] > 1 } ?? false }
        skipped += found.filter { isRepeated($0.key) }.map { SkippedKey(number: $0.number, reason: .repeatedKeyID) }
        self.keys = found.map(\.key).filter { !isRepeated($0) }
        self.skipped = skipped.sorted { $0.number < $1.number }
    }

    /// A set of these keys, to be published.
    package init(publishing keys: [PublicKey]) {
        self.keys = keys
        self.skipped = []
    }

    /// The set as JSON: public members, `kid`, `alg` and `use` of each usable key.
    package var text: String {
        var object = JSONObject()
        object.add("keys", keys.map(\.jwk))
        return object.text
    }

    /// What no two keys of a set have in common.
    private struct Name: Hashable {
        let keyID: [UInt8]
        let keyType: KeyType

        /// Nil if the key has no `kid`.
        init?(of key: PublicKey) {
            guard let keyID = key.keyID else { return nil }
            self.keyID = Array(keyID.utf8)
            self.keyType = key.parameters.keyType
        }
    }
}

extension JWKSet.Fault: CustomStringConvertible {
    /// What is wrong, in a sentence without its subject.
    package var description: String {
        switch self {
        case .tooLong: "is longer than \(JWKSet.maximumLength) bytes"
        case .notAnObject(let fault): fault.description
        case .noKeys: "has no array of JSON objects by the name keys"
        case .tooManyKeys: "has more than \(JWKSet.maximumCount) keys"
        case .privateKey(let number): "has a key, number \(number), that \(JWKFault.privateKey)"
        case .sharedSecretsOnly: "has no key but one that \(JWKFault.sharedSecret)"
        }
    }
}

extension JWKSet.SkippedKey: CustomStringConvertible {
    /// Which key it is, and why it is not used, in a sentence.
    package var description: String { "key number \(number) \(reason)" }
}
