/// The length of the body that a request announces (RFC 3875 §4.1.2).
enum ContentLength {
    /// Bytes of body; 0 if the parameter is absent or empty, and `Int.max` for a number that is larger still.
    ///
    /// - Throws: `DroppedRequest.contentLengthNotANumber`.
    static func of(_ parameters: GatewayParameters) throws(DroppedRequest) -> Int {
        try announced(by: parameters) ?? 0
    }

    /// The same, and nil if the parameter is absent or empty.
    static func announced(by parameters: GatewayParameters) throws(DroppedRequest) -> Int? {
        guard let digits = parameters.bytes(of: "CONTENT_LENGTH"), !digits.isEmpty else { return nil }
        var length = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .contentLengthNotANumber }
            let (tens, overTens) = length.multipliedReportingOverflow(by: 10)
            let (sum, overSum) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            length = overTens || overSum ? .max : sum
        }
        return length
    }
}
