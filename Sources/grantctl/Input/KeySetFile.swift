import ArgumentParser
import Encoding
import JOSE

/// A client's public keys in a file that the command line names: a JWK Set (RFC 7517 §5), or one JWK alone.
enum KeySetFile {
    /// The most that is read, in bytes: more than a set may have, so that the refusal can say so.
    private static let longestInput = 4 * JWKSet.maximumLength

    /// Reads the keys.
    ///
    /// - Parameter path: the file; `-` is standard input.
    /// - Throws: `UnusableKeys` if one of them is private, or none can be used.
    static func read(_ path: String) throws -> JWKSet {
        let bytes = try InputFile.everything(in: path, limit: longestInput)
        do throws(Fault) {
            return try set(in: bytes)
        } catch {
            throw UnusableKeys(source: name(of: path), reason: error.reason)
        }
    }

    /// What messages call the file.
    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// A sentence for each key that is not used.
    static func notes(on set: JWKSet, from path: String) -> [String] {
        set.skipped.map { "grantctl: \(name(of: path)): \($0); it was left out".printable }
    }

    /// Why a text has no keys; the end of a sentence.
    struct Fault: Error, Equatable {
        let reason: String
    }

    /// The keys in a text.
    static func set(in bytes: [UInt8]) throws(Fault) -> JWKSet {
        if let reason = reason(ofPEM: bytes) { throw Fault(reason: reason) }
        let set: JWKSet
        do throws(JWKSet.Fault) {
            set = try parse(bytes)
        } catch {
            throw Fault(reason: error.description)
        }
        guard !set.keys.isEmpty else {
            throw Fault(reason: "has no key that can be used" + (set.skipped.first.map { ": \($0)" } ?? ""))
        }
        return set
    }

    private static func parse(_ bytes: [UInt8]) throws(JWKSet.Fault) -> JWKSet {
        if bytes.count <= JWKSet.maximumLength, let document = try? JSONDocument(bytes),
            case .object(let members) = document, members["keys"] == nil, members["kty"] != nil
        {
            return try JWKSet(.object(["keys": .array([document])]))
        }
        return try JWKSet(bytes)
    }

    /// Why a text in PEM is not taken; nil for another one.
    private static func reason(ofPEM bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
        guard let start = text.firstRange(of: "-----BEGIN ") else { return nil }
        let label = text[start.upperBound...].prefix { $0 != "-" }
        if label.contains("PRIVATE KEY") { return JWKFault.privateKey.description }
        return #"is PEM: give the public keys as a JWK Set, {"keys":[{"kty":"EC",…}]} (RFC 7517)"#
    }
}

/// A file has no public keys that a client can be registered with.
struct UnusableKeys: Problem {
    /// The file, or standard input.
    let source: String
    /// The end of the sentence.
    let reason: String

    var exitCode: ExitCode { .refused }

    var description: String { "\(source) \(reason)" }
}
