import Gateway

/// The caller's place in a distributed trace, as W3C Trace Context writes it in the header `traceparent` (§3.2).
struct TraceParent: CustomStringConvertible {
    /// The digits of the version, the trace's id, the parent's id and the flags.
    private static let digits = [2, 32, 16, 2]

    /// The four fields. What a version after 00 adds to them is left out: it is not known here, and may be anything.
    let description: String

    /// Reads the header's value; nil if it is not valid.
    ///
    /// Digits are lower-case hexadecimal, neither id is zero, and there is no version ff. Version 00 ends after the flags;
    /// a later one may go on after another dash.
    init?(_ value: some RandomAccessCollection<UInt8>) {
        let dash = UInt8(ascii: "-")
        let known = value.prefix(Self.digits.reduce(Self.digits.count - 1, +))
        let fields = known.split(separator: dash, omittingEmptySubsequences: false)
        guard fields.map(\.count) == Self.digits, fields.joined().allSatisfy(Self.isDigit) else { return nil }
        guard fields[1].contains(where: Self.isNotZero), fields[2].contains(where: Self.isNotZero) else { return nil }
        let rest = value.dropFirst(known.count)
        switch String(decoding: fields[0], as: UTF8.self) {
        case "ff": return nil
        case "00": guard rest.isEmpty else { return nil }
        default: guard rest.isEmpty || rest.first == dash else { return nil }
        }
        description = String(decoding: known, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    private static func isNotZero(_ digit: UInt8) -> Bool {
        digit != UInt8(ascii: "0")
    }
}

extension GatewayRequest {
    /// The trace that the request belongs to; nil without a valid header.
    var traceParent: TraceParent? {
        parameters.bytes(of: "HTTP_TRACEPARENT").flatMap { TraceParent($0) }
    }
}
