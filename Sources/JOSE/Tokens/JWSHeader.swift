import Encoding

/// The header of a JWS (RFC 7515 §4): what says how it is to be verified, none of it to be believed before it is.
package struct JWSHeader: Sendable {
    /// `alg`, one of those that are offered.
    package let algorithm: Algorithm
    /// `kid`, any text at all: compare it, and print it only with its control characters escaped.
    package let keyID: String?
    /// `typ` as it stands; ``isType(_:)`` compares it.
    package let type: String?
    /// `jku`, which is compared with what is registered and never fetched.
    package let keySetURL: String?

    /// The members whose presence refuses a token: those that change what is signed or how it is read, and those that bring
    /// a key along.
    package enum RefusedMember: String, Sendable, CaseIterable {
        case crit, b64, zip, enc, epk, p2c, jwk, x5c, x5u
    }

    /// The members that are read.
    package enum Member: String, Sendable {
        case alg, kid, typ, jku
    }

    /// Reads a header from its bytes.
    init(_ text: [UInt8]) throws(CompactJWS.Fault) {
        let object: StrictObject
        do throws(StrictObject.Fault) {
            object = try StrictObject(text)
        } catch {
            throw .header(error)
        }
        for member in RefusedMember.allCases where object.members[member.rawValue] != nil {
            throw .refusedMember(member)
        }
        guard let name = try object.string(.alg) else { throw .noAlgorithm }
        guard let algorithm = Algorithm(rawValue: name) else { throw .algorithmNotOffered }
        self.algorithm = algorithm
        self.keyID = try object.string(.kid)
        self.type = try object.string(.typ)
        self.keySetURL = try object.string(.jku)
    }

    /// Whether `typ` is there and names this media type, such as `at+jwt`: without regard to case, and with or without
    /// `application/` before it (RFC 7515 §4.1.9).
    package func isType(_ name: String) -> Bool {
        guard let type else { return false }
        let prefix = "application/".utf8
        var given = type.utf8.map(Self.lowercased)[...]
        // With another slash the prefix is not one that was left out.
        if given.starts(with: prefix), !given.dropFirst(prefix.count).contains(UInt8(ascii: "/")) {
            given = given.dropFirst(prefix.count)
        }
        return given.elementsEqual(name.utf8.map(Self.lowercased))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension StrictObject {
    /// A member of a header that is a string; nil if it is not there.
    fileprivate func string(_ member: JWSHeader.Member) throws(CompactJWS.Fault) -> String? {
        guard let value = members[member.rawValue] else { return nil }
        guard case .string(let text) = value else { throw .notAString(member) }
        return text
    }
}
