/// The eight bytes that open every record (FastCGI specification §3.3).
struct RecordHeader {
    static let length = 8

    let version: UInt8
    let type: UInt8
    let requestID: UInt16
    let contentLength: Int
    let paddingLength: Int

    /// Reads the header at an offset; at least `length` bytes are there.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        version = bytes[offset]
        type = bytes[offset + 1]
        requestID = UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
        contentLength = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
        paddingLength = Int(bytes[offset + 6])
    }

    /// Bytes from this record's first to the next one's.
    var recordLength: Int { Self.length + contentLength + paddingLength }
}

/// The types of record that make a request (FastCGI specification §8).
enum RecordType {
    static let beginRequest: UInt8 = 1
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
}

/// The roles that a request can ask for (FastCGI specification §8).
enum Role {
    static let responder: UInt8 = 1
    static let authorizer: UInt8 = 2
    static let filter: UInt8 = 3
}
