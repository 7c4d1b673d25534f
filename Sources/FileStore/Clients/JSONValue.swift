import Encoding
import GrantCore

/// Any JSON value, so that what grantd does not know of a client's file is kept when it rewrites the file.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// A value as it was read; nil for a number that is out of range.
    init?(_ document: JSONDocument) {
        switch document {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .string(value)
        case .number(let text):
            if let value = Int64(text) {
                self = .integer(value)
            } else if let value = Double(text), value.isFinite {
                // One whose fraction is too small for a Double is written as a whole one, and read as that again.
                self = Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
            } else {
                return nil
            }
        case .array(let documents):
            let values = documents.compactMap(JSONValue.init)
            guard values.count == documents.count else { return nil }
            self = .array(values)
        case .object(let documents):
            let values = documents.compactMapValues(JSONValue.init)
            guard values.count == documents.count else { return nil }
            self = .object(values)
        }
    }
}

extension JSONValue {
    /// The value as it would be read.
    var document: JSONDocument {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .number("\(value)")
        case .number(let value): .number("\(value)")
        case .string(let value): .string(value)
        case .array(let values): .array(values.map(\.document))
        case .object(let members): .object(members.mapValues(\.document))
        }
    }
}

extension JSONValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// Seconds since 1970, whole if they are.
    init(_ time: Timestamp) {
        let isWhole = time.microseconds.isMultiple(of: 1_000_000)
        self = isWhole ? .integer(time.seconds) : .number(Double(time.microseconds) / 1_000_000)
    }

    /// The point in time that seconds since 1970 stand for; nil if the value is not a number, or is out of range.
    var timestamp: Timestamp? {
        switch self {
        case .integer(let seconds) where (0...Self.latest).contains(seconds): Timestamp(seconds: seconds)
        case .number(let seconds) where seconds >= 0 && seconds <= Double(Self.latest):
            Timestamp(microseconds: Int64((seconds * 1_000_000).rounded()))
        default: nil
        }
    }

    /// The end of the year 9999.
    private static let latest: Int64 = 253_402_300_799
}
