import SystemPackage

/// Reads standard input line by line.
struct LineReader {
    /// The longest line, in bytes: a client's registration and what stands around it.
    private static let longestLine = 1 << 17

    private let input: FileDescriptor
    private var buffer: ArraySlice<UInt8> = []
    private var isAtEnd = false

    /// A reader of an open file.
    init(_ input: FileDescriptor = .standardInput) {
        self.input = input
    }

    /// How many bytes there are; nil if the input is not a file (`lseek(2)`).
    var size: Int64? {
        guard let position = try? input.seek(offset: 0, from: .current),
            let end = try? input.seek(offset: 0, from: .end)
        else { return nil }
        _ = try? input.seek(offset: position, from: .start)
        return end - position
    }

    /// The next line without its newline; nil after the last.
    mutating func next() throws(InputError) -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                return Array(buffer[..<end])
            }
            guard buffer.count <= Self.longestLine else { throw .tooMuch(Self.longestLine) }
            if isAtEnd {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : Array(buffer)
            }
            try fill()
        }
    }

    private mutating func fill() throws(InputError) {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        do {
            let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try input.read(into: $0) }
            isAtEnd = count == 0
            buffer = ArraySlice(Array(buffer) + chunk[..<count])
        } catch {
            throw .failed(error as? Errno ?? .ioError)
        }
    }
}
