package import Encoding

/// The claims of a JWT (RFC 7519 §4), each of its type. That they are believed is for the signature to earn first.
package struct Claims: Sendable {
    /// `iss`.
    package let issuer: String?
    /// `sub`.
    package let subject: String?
    /// `aud`, one or more; nil if it is not there.
    package let audiences: [String]?
    /// `exp`.
    package let expiry: NumericDate?
    /// `nbf`.
    package let notBefore: NumericDate?
    /// `iat`.
    package let issuedAt: NumericDate?
    /// `jti`.
    package let tokenID: String?
    /// All members, those that are not known among them.
    package let members: [String: JSONDocument]

    /// The claims that are known.
    package enum Name: String, Sendable {
        case iss, sub, aud, exp, nbf, iat, jti
    }

    /// How long `iss`, `sub` and `jti` may be, in bytes of UTF-8.
    package static let maximumLength = 255

    /// How far `nbf` and `iat` may be ahead, in seconds, since clocks differ.
    package static let leeway: Int64 = 10

    /// Why claims are refused. No case holds any of them.
    package enum Fault: Error, Equatable {
        /// The payload is not one JSON object.
        case payload(StrictObject.Fault)
        /// A claim is not of the JSON type that it must have; of `aud`, not even an empty array is.
        case wrongType(Name)
        /// A name is empty.
        case empty(Name)
        /// A name is longer than ``Claims/maximumLength``.
        case tooLong(Name)
        /// A name has a control character.
        case controlCharacter(Name)
        /// A date is not one that ``NumericDate`` takes.
        case notADate(Name)
        /// A claim that its reader needs is not there.
        case missing(Name)
        /// `exp` is not after now.
        case expired
        /// `nbf` or `iat` is after now by more than the leeway.
        case notYet(Name)
    }

    /// Reads a payload.
    package init(_ payload: [UInt8]) throws(Fault) {
        let object: StrictObject
        do throws(StrictObject.Fault) {
            object = try StrictObject(payload)
        } catch {
            throw .payload(error)
        }
        self.members = object.members
        self.issuer = try object.name(.iss)
        self.subject = try object.name(.sub)
        self.tokenID = try object.name(.jti)
        self.audiences = try object.audiences()
        self.expiry = try object.date(.exp)
        self.notBefore = try object.date(.nbf)
        self.issuedAt = try object.date(.iat)
    }

    /// A claim that has to be there, such as `try claims.require(\.issuer, .iss)`.
    package func require<Value>(_ claim: KeyPath<Claims, Value?>, _ name: Name) throws(Fault) -> Value {
        guard let value = self[keyPath: claim] else { throw .missing(name) }
        return value
    }

    /// Whether a value is one of the audiences, byte for byte (RFC 3986 §6.2.1).
    package func isFor(_ audience: String) -> Bool {
        audiences?.contains { $0.hasSameBytes(as: audience) } == true
    }

    /// Whether a value is the only audience.
    package func isOnlyFor(_ audience: String) -> Bool { audiences?.count == 1 && isFor(audience) }

    /// Makes sure that those of `exp`, `nbf` and `iat` that are there allow it to be taken now.
    ///
    /// - Parameter now: whole seconds since 1970. `exp` has no leeway.
    package func check(at now: Int64) throws(Fault) {
        if let expiry, expiry.roundedDown <= now { throw .expired }
        if let notBefore, notBefore.roundedUp > now + Self.leeway { throw .notYet(.nbf) }
        if let issuedAt, issuedAt.roundedUp > now + Self.leeway { throw .notYet(.iat) }
    }
}

extension StrictObject {
    /// `iss`, `sub` or `jti`; nil if it is not there.
    fileprivate func name(_ name: Claims.Name) throws(Claims.Fault) -> String? {
        guard let value = members[name.rawValue] else { return nil }
        guard case .string(let text) = value else { throw .wrongType(name) }
        guard !text.isEmpty else { throw .empty(name) }
        guard text.utf8.count <= Claims.maximumLength else { throw .tooLong(name) }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            throw .controlCharacter(name)
        }
        return text
    }

    /// RFC 7519 §4.1.3.
    fileprivate func audiences() throws(Claims.Fault) -> [String]? {
        switch members[Claims.Name.aud.rawValue] {
        case nil: return nil
        case .string(let audience): return [audience]
        case .array(let values):
            var audiences: [String] = []
            for value in values {
                guard case .string(let audience) = value else { throw .wrongType(.aud) }
                audiences.append(audience)
            }
            guard !audiences.isEmpty else { throw .wrongType(.aud) }
            return audiences
        default: throw .wrongType(.aud)
        }
    }

    /// `exp`, `nbf` or `iat`; nil if it is not there.
    fileprivate func date(_ name: Claims.Name) throws(Claims.Fault) -> NumericDate? {
        guard let value = members[name.rawValue] else { return nil }
        guard case .number(let text) = value else { throw .wrongType(name) }
        guard let date = NumericDate(text) else { throw .notADate(name) }
        return date
    }
}

extension Claims.Fault: CustomStringConvertible {
    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .payload(let fault): "the token's payload \(fault)"
        case .wrongType(let name): "the token's \(name.rawValue) is of another JSON type than RFC 7519 says"
        case .empty(let name): "the token's \(name.rawValue) is empty"
        case .tooLong(let name): "the token's \(name.rawValue) is longer than \(Claims.maximumLength) bytes"
        case .controlCharacter(let name): "the token's \(name.rawValue) has a control character"
        case .notADate(let name): "the token's \(name.rawValue) is not a number of seconds from 1970 to 9999"
        case .missing(let name): "the token has no \(name.rawValue)"
        case .expired: "the token has expired"
        case .notYet(let name): "the token's \(name.rawValue) is in the future"
        }
    }
}
