/// What is looked for in texts that strangers send, thirty-two bytes at a time.
extension Span<UInt8> {
    private typealias Block = SIMD4<UInt64>

    /// Where a byte, or another one, first stands; nil if neither does.
    package func firstIndex(of byte: UInt8, or other: UInt8? = nil) -> Int? {
        let (first, second) = (Block(filledWith: byte), Block(filledWith: other ?? byte))
        var index = 0
        while let block = block(at: index) {
            if (block ^ first).hasByte(below: 1) || (block ^ second).hasByte(below: 1) { break }
            index += MemoryLayout<Block>.size
        }
        while index < count {
            if self[index] == byte || self[index] == other { return index }
            index += 1
        }
        return nil
    }

    /// Whether a byte is less than a limit, of at most 128.
    package func hasByte(below limit: UInt8) -> Bool {
        var index = 0
        while let block = block(at: index) {
            if block.hasByte(below: limit) { return true }
            index += MemoryLayout<Block>.size
        }
        while index < count {
            if self[index] < limit { return true }
            index += 1
        }
        return false
    }

    /// The bytes from an index on; nil if fewer are left.
    private func block(at index: Int) -> Block? {
        guard count - index >= MemoryLayout<Block>.size else { return nil }
        // Any bytes are integers, and the bounds are checked.
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: Block.self)
    }
}

extension SIMD4<UInt64> {
    /// Thirty-two times one byte.
    fileprivate init(filledWith byte: UInt8) {
        self.init(repeating: 0x0101_0101_0101_0101 &* UInt64(byte))
    }

    /// Whether a byte is less than a limit, of at most 128: its high bit comes out of the difference.
    fileprivate func hasByte(below limit: UInt8) -> Bool {
        let less = (self &- Self(filledWith: limit)) & ~self
        return ((less[0] | less[1]) | (less[2] | less[3])) & 0x8080_8080_8080_8080 != 0
    }
}
