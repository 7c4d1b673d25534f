/// Follows the lengths in a stream of name-value pairs, across its records (FastCGI specification §3.4).
///
/// libfcgi allocates whatever a length says, and aborts the process if that fails; so no length gets there that the
/// limit does not cover.
struct ParameterLengths {
    private var streamed = 0
    private var lengthBytesLeft = 0
    private var length = 0
    private var nameLength: Int?
    private var contentLeft = 0

    /// Whether the stream may end here.
    var endsBetweenParameters: Bool { contentLeft == 0 && lengthBytesLeft == 0 && nameLength == nil }

    /// Goes on with the next bytes of the stream.
    ///
    /// - Returns: false if the stream, or what a pair announces, is over the limit of bytes.
    mutating func take(_ bytes: Span<UInt8>, limit: Int) -> Bool {
        streamed += bytes.count
        guard streamed <= limit else { return false }
        var index = 0
        while index < bytes.count {
            if contentLeft > 0 {
                let step = min(contentLeft, bytes.count - index)
                contentLeft -= step
                index += step
            } else {
                takeLengthByte(bytes[index])
                index += 1
                guard contentLeft <= limit else { return false }
            }
        }
        return true
    }

    /// A length is one byte, or four of which the first has its top bit set.
    private mutating func takeLengthByte(_ byte: UInt8) {
        if lengthBytesLeft > 0 {
            length = length << 8 | Int(byte)
            lengthBytesLeft -= 1
        } else {
            length = Int(byte & 0x7f)
            lengthBytesLeft = byte & 0x80 == 0 ? 0 : 3
        }
        guard lengthBytesLeft == 0 else { return }
        if let name = nameLength {
            contentLeft = name + length
            nameLength = nil
        } else {
            nameLength = length
        }
    }
}
