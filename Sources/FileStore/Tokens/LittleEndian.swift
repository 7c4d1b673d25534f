extension [UInt8] {
    /// Appends a number, its least byte first.
    package mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        var rest = number
        for _ in 0..<(Number.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}

extension ArraySlice<UInt8> {
    /// The number that stands so many bytes after the start of the slice, its least byte first.
    package func littleEndian<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        var number: Number = 0
        for position in (0..<(Number.bitWidth / 8)).reversed() {
            number = number << 8 | Number(truncatingIfNeeded: self[startIndex + offset + position])
        }
        return number
    }
}
