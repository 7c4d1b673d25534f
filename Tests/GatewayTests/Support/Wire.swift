/// Writes FastCGI records the way a web server does, and ways that none does.
enum Wire {
    static let getValues: UInt8 = 9
    static let abortRequest: UInt8 = 2

    static func record(
        _ type: UInt8,
        _ content: [UInt8] = [],
        id: UInt16 = 1,
        padding: UInt8 = 0,
        version: UInt8 = 1
    ) -> [UInt8] {
        [
            version, type, UInt8(id >> 8), UInt8(id & 0xff), UInt8(content.count >> 8), UInt8(content.count & 0xff),
            padding, 0,
        ]
            + content + [UInt8](repeating: 0xee, count: Int(padding))
    }

    static func begin(role: UInt8 = 1, flags: UInt8 = 0, id: UInt16 = 1) -> [UInt8] {
        record(1, [0, role, flags, 0, 0, 0, 0, 0], id: id)
    }

    static func parameters(_ content: [UInt8], padding: UInt8 = 0) -> [UInt8] {
        record(4, content, padding: padding)
    }

    static func standardInput(_ content: [UInt8], padding: UInt8 = 0) -> [UInt8] {
        record(5, content, padding: padding)
    }

    /// A record with the padding that somebody chose.
    static func padded(_ record: [UInt8], with padding: [UInt8]) -> [UInt8] {
        var record = record
        record[6] = UInt8(padding.count)
        return record + padding
    }

    /// A name-value pair; lengths of 128 and more take four bytes.
    static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + name.utf8 + value.utf8
    }

    static func length(_ length: Int, long: Bool = false) -> [UInt8] {
        if length < 128, !long { return [UInt8(length)] }
        return [
            0x80 | UInt8(length >> 24), UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff),
        ]
    }

    /// A request as nginx sends it, with the length of the body unless another is named.
    ///
    /// - Parameter isKept: whether the connection is to be kept for the next one.
    static func request(
        _ pairs: [(String, String)] = [],
        body: String = "",
        length: String? = nil,
        isKept: Bool = false
    ) -> [UInt8] {
        let all = [("CONTENT_LENGTH", length ?? "\(body.utf8.count)")] + pairs
        return begin(flags: isKept ? 1 : 0) + parameters(all.flatMap { pair($0.0, $0.1) }) + parameters([])
            + (body.isEmpty ? [] : standardInput(Array(body.utf8))) + standardInput([])
    }
}
