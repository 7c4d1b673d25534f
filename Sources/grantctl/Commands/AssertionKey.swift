import Encoding
import FileStore
import GrantCore
import JOSE

/// A client's private key, by which it signs assertions (RFC 7523 §3).
struct AssertionKey {
    private let key: PrivateKey
    /// The `kid` that assertions name; nil for none, which does for a client with one key.
    private let keyID: String?
    /// How long an assertion is good, in seconds.
    private static let lifetime: Int64 = 60
    /// The longest file, in bytes.
    private static let longestFile = 16384
    /// What a key may be for if it is not said. Of RSA's algorithms, it is the one that most servers take.
    private static let usual: [Algorithm] = [.es256, .es384, .edDSA, .rs256]

    /// Reads the key from a file of PKCS #8 in PEM.
    ///
    /// - Parameters:
    ///   - path: the file; `-` is standard input.
    ///   - algorithm: what it signs by; nil for what a key of its kind usually signs by.
    /// - Throws: a `TokenFault` if the file has no such key.
    init(in path: String, for algorithm: Algorithm?, keyID: String?) throws {
        let text = String(decoding: try InputFile.everything(in: path, limit: Self.longestFile), as: UTF8.self)
        do throws(PrivateKey.Fault) {
            key = try Self.key(in: text, for: algorithm.map { [$0] } ?? Self.usual)
        } catch {
            throw TokenFault(error, of: text, in: KeySetFile.name(of: path), for: algorithm)
        }
        self.keyID = keyID
    }

    private static func key(in text: String, for algorithms: [Algorithm]) throws(PrivateKey.Fault) -> PrivateKey {
        for algorithm in algorithms {
            do throws(PrivateKey.Fault) { return try PrivateKey(pem: text, for: algorithm) } catch .otherKind {
                continue
            }
        }
        throw .otherKind
    }

    /// An assertion that is good for a minute, and once.
    ///
    /// - Parameter issuer: the server that it is for.
    func assertion(of client: ClientID, for issuer: String, at now: Timestamp) throws(PrivateKey.Fault) -> String {
        var header = JSONObject()
        header.add(JWSHeader.Member.alg.rawValue, key.algorithm.rawValue)
        if let keyID { header.add(JWSHeader.Member.kid.rawValue, keyID) }
        header.add(JWSHeader.Member.typ.rawValue, "JWT")
        var claims = JSONObject()
        claims.add("iss", client.value)
        claims.add("sub", client.value)
        claims.add("aud", issuer)
        claims.add("iat", now.seconds)
        claims.add("exp", now.seconds + Self.lifetime)
        claims.add("jti", Base64.url.encode(SecureRandom.bytes(24)))
        let parts = [header.text, claims.text].map { Base64.url.encode(Array($0.utf8)) }
        let input = parts.joined(separator: ".")
        return "\(input).\(Base64.url.encode(try key.signature(over: Array(input.utf8))))"
    }
}

extension TokenFault {
    /// Explains why a file has no private key to sign by; nothing of the key is repeated.
    fileprivate init(_ fault: PrivateKey.Fault, of text: String, in source: String, for algorithm: Algorithm?) {
        let (meaning, remedy): (String, String) =
            switch fault {
            case .notPKCS8 where text.contains("BEGIN ENCRYPTED PRIVATE KEY"):
                (
                    "The key is encrypted.",
                    "Decrypt it on the way: openssl pkcs8 -in FILE | grantctl token request … --key -"
                )
            case .notPKCS8 where text.contains("BEGIN EC PRIVATE KEY") || text.contains("BEGIN RSA PRIVATE KEY"):
                (
                    "It is a key in an older form.",
                    "Convert it on the way: openssl pkcs8 -topk8 -nocrypt -in FILE | grantctl token request … --key -"
                )
            case .notPKCS8 where text.contains("PUBLIC KEY"):
                ("It is a public key.", "Give the private key of the pair.")
            case .notPKCS8:
                (
                    "It has to be a private key in PEM.",
                    "Make one, such as by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE, and "
                        + "register its public key."
                )
            case .otherKind where algorithm == nil:
                ("Keys of P-256, P-384, RSA and Ed25519 are taken.", "Make a key of one of these kinds.")
            case .otherKind: ("The key is of another kind than --alg.", "Leave --alg out, or give the one of the key.")
            case .weak, .modulusLength, .failed: ("No server should take signatures by it.", "Make another key.")
            }
        let name = algorithm.map { " for \($0.rawValue)" } ?? ""
        let said = if case .otherKind = fault { "\(source) has no private key\(name)" } else { "\(source) \(fault)" }
        self.init(said: said, meaning: meaning, remedy: remedy)
    }
}
