/// What an engine answers to one command, by RESP2's five types.
enum RedisReply: Sendable, Equatable {
    /// A simple or a bulk string.
    case text([UInt8])
    case integer(Int64)
    case null
    case array([RedisReply])
    /// An error: its first word says which, `MOVED` or `OOM` say.
    case error(String)

    /// The bytes of a string; nil for anything else.
    var bytes: [UInt8]? {
        if case .text(let bytes) = self { bytes } else { nil }
    }

    /// A string, if it is UTF-8; nil for anything else.
    var string: String? { bytes.flatMap { String(validating: $0, as: UTF8.self) } }

    /// The elements of an array; nil for anything else.
    var elements: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A number; nil for anything else.
    var number: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The text of an error; nil for anything else.
    var errorText: String? {
        if case .error(let text) = self { text } else { nil }
    }
}
