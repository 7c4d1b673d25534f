/// A whole request, by a reading of its own.
struct SentRequest {
    let role: UInt8
    let keepsConnection: Bool
    var body: [UInt8] = []
    var parameters: [(name: [UInt8], value: [UInt8])] = []

    init(_ bytes: ArraySlice<UInt8>) {
        role = bytes[9]
        keepsConnection = bytes[10] & 1 != 0
        var pairs: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            let header = Array(rest.prefix(8))
            let length = Int(header[4]) * 256 + Int(header[5])
            let content = rest.dropFirst(8).prefix(length)
            if header[1] == 4 { pairs += content }
            if header[1] == 5 { body += content }
            rest = rest.dropFirst(8 + length + Int(header[6]))
        }
        read(pairs)
    }

    /// libfcgi keeps a pair as one string of C: it ends at a NUL, and its first sign parts name and value.
    private mutating func read(_ pairs: [UInt8]) {
        var rest = pairs[...]
        while !rest.isEmpty {
            let (nameLength, valueLength) = (Self.length(&rest), Self.length(&rest))
            let string = rest.prefix(nameLength) + [UInt8(ascii: "=")] + rest.dropFirst(nameLength).prefix(valueLength)
            rest = rest.dropFirst(nameLength + valueLength)
            let parts = string.prefix { $0 != 0 }.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2 { parameters.append((Array(parts[0]), Array(parts[1]))) }
        }
    }

    /// Whether its CONTENT_LENGTH is that of its body.
    var hasRightLength: Bool {
        let length = parameters.first { $0.name.elementsEqual("CONTENT_LENGTH".utf8) }?.value ?? []
        return length.elementsEqual(String(body.count).utf8)
    }

    private static func length(_ bytes: inout ArraySlice<UInt8>) -> Int {
        guard let first = bytes.popFirst() else { fatalError("a whole request has each length") }
        guard first & 0x80 != 0 else { return Int(first) }
        let others = bytes.prefix(3)
        bytes = bytes.dropFirst(3)
        return others.reduce(Int(first & 0x7F)) { $0 << 8 | Int($1) }
    }
}
