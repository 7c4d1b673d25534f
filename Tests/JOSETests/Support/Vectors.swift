import Encoding
import FoundationEssentials
import Glibc

/// Test vectors that others have published, in the directory that the environment's `GRANTD_VECTORS` names.
enum Vectors {
    /// The directory; nil if it is not named.
    private static let directory: String? =
        // Sound: the environment does not change while it is read.
        unsafe getenv("GRANTD_VECTORS").map { unsafe String(cString: $0) }

    /// Whether the vectors are there.
    static let areThere = directory.map { FileManager.default.fileExists(atPath: $0 + "/rfc7515") } ?? false

    /// Why the tests do not run.
    static let comment = "GRANTD_VECTORS does not name a directory with published test vectors"

    /// A file's bytes.
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(directory ?? "")/\(name)")))
    }

    /// A file's text, without the line break at its end.
    static func text(_ name: String) throws -> String {
        var bytes = try bytes(name)
        while bytes.last == 0x0A { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A file as JSON.
    static func document(_ name: String) throws -> JSONDocument { try JSONDocument(bytes(name)) }

    /// The names of the files in a folder, in their order.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(directory ?? "")/\(folder)").sorted()
            .map { "\(folder)/\($0)" }
    }
}

extension JSONDocument {
    /// A member of an object; null if it is not there.
    subscript(_ name: String) -> JSONDocument {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    /// The elements of an array; none if it is something else.
    var elements: [JSONDocument] { if case .array(let values) = self { values } else { [] } }

    /// A string; nil if it is something else.
    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The value as JSON again.
    var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .string(let text): JSONObject.quoted(text)
        case .array(let values): "[\(values.map(\.json).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(JSONObject.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    /// A JWK without what makes it a private one.
    var publicHalf: JSONDocument {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !["d", "p", "q", "dp", "dq", "qi"].contains($0.key) })
    }
}
