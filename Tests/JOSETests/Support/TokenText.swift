import Encoding
import JOSE

/// Keys that the tests sign by, one for each algorithm.
enum TestKeys {
    /// The key of an algorithm.
    static func key(_ algorithm: Algorithm) throws -> PrivateKey {
        switch algorithm {
        case .es256: try PrivateKey(pem: Fixture.p256PEM, for: algorithm)
        case .es384: try PrivateKey(pem: Fixture.p384PEM, for: algorithm)
        case .edDSA, .ed25519: try PrivateKey(pem: Fixture.ed25519PEM, for: algorithm)
        case .rs256, .rs384, .ps256, .ps384: try PrivateKey(pem: Fixture.rsaPEM, for: algorithm)
        }
    }
}

/// A text in base64url.
func encoded(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }

/// The bytes of a base64url text.
func decoded(_ text: String) -> [UInt8] { Base64.url.decode(text.utf8.span) ?? [] }

/// A token with any header and payload at all, and a signature that is right.
func token(header: String, payload: String = "{}", key: PrivateKey) throws -> String {
    let input = "\(encoded(header)).\(encoded(payload))"
    return "\(input).\(Base64.url.encode(try key.signature(over: Array(input.utf8))))"
}

/// A token with any header at all, and a signature of the right length.
func token(header: String, payload: String = "{}") -> String {
    "\(encoded(header)).\(encoded(payload)).\(Base64.url.encode([UInt8](repeating: 1, count: 64)))"
}

/// Why a text is not a JWS; nil if it is one.
func fault(of token: String, maximumLength: Int = CompactJWS.maximumLength) -> CompactJWS.Fault? {
    do throws(CompactJWS.Fault) {
        _ = try CompactJWS(token, maximumLength: maximumLength)
        return nil
    } catch {
        return error
    }
}

/// Why a JWK is not a public key; nil if it is one.
func fault(ofJWK text: String) throws -> JWKFault? {
    let document = try JSONDocument(Array(text.utf8))
    do throws(JWKFault) {
        _ = try PublicKey(jwk: document)
        return nil
    } catch {
        return error
    }
}

/// Why a text is not a JWK Set; nil if it is one.
func fault(ofSet text: String) -> JWKSet.Fault? {
    do throws(JWKSet.Fault) {
        _ = try JWKSet(Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

/// Why claims are refused; nil if they are not.
func fault(ofClaims text: String) -> Claims.Fault? {
    do throws(Claims.Fault) {
        _ = try Claims(Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

/// So many numbers with commas between them.
func ones(_ count: Int) -> String {
    [String](repeating: "1", count: count).joined(separator: ",")
}
