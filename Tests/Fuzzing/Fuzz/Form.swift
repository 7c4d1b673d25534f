@testable import GrantCore

/// The input as a form's body, and as the values of a form that is written well.
func form(_ input: [UInt8]) {
    let parsed = try? FormParameters.parse(input[...], known: Parameter.allCases)
    let second = SecondFormReading(input)
    expect((parsed == nil) == (second == nil), "both readings take the form, or neither does")
    if let parsed, let second { expectSame(parsed, second.values) }

    let values = parameterValues(input)
    let body = values.flatMap { name, values in
        values.map { formEncoded(name.rawValue.utf8) + "=" + formEncoded($0.utf8) }
    }
    guard let again = try? FormParameters.parse(Array(body.joined(separator: "&").utf8)[...], known: Parameter.allCases)
    else { return expect(false, "a form that is written well is taken") }
    expectSame(again, values)
}

/// Holds what was parsed against what it should be: the bytes are the same, and an empty value is as if left out.
func expectSame(_ parsed: RequestParameters, _ values: [Parameter: [String]]) {
    for name in Parameter.allCases {
        let found =
            switch name {
            case .resource: parsed.resources
            case .audience: parsed.audiences
            default: parsed[name].map { [$0] } ?? []
            }
        let wanted = values[name, default: []].filter { !$0.isEmpty }
        expect(found.map { Array($0.utf8) } == wanted.map { Array($0.utf8) }, "\(name.rawValue) is as it was sent")
    }
}

/// Values for the known parameters: what zeros cut the input into, if it is UTF-8.
func parameterValues(_ input: [UInt8]) -> [Parameter: [String]] {
    let parts = input.split(separator: 0, omittingEmptySubsequences: false)
    var values: [Parameter: [String]] = [:]
    for (name, part) in zip(Parameter.allCases, parts) {
        values[name] = String(validating: part, as: UTF8.self).map { [$0] }
    }
    return values
}

/// Another way to read a form: all of it is decoded first, field by field, into lists of bytes.
private struct SecondFormReading {
    var values: [Parameter: [String]] = [:]

    init?(_ body: [UInt8]) {
        var fields: [[UInt8]] = [[]]
        for byte in body {
            if byte == UInt8(ascii: "&") { fields.append([]) } else { fields[fields.count - 1].append(byte) }
        }
        for field in fields where !field.isEmpty {
            let sign = field.firstIndex(of: UInt8(ascii: "=")) ?? field.count
            guard let name = Self.text(field[..<sign]) else { return nil }
            guard let parameter = Parameter.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
            else { continue }
            guard let value = Self.text(field[min(sign + 1, field.count)...]),
                values[parameter] == nil || parameter.mayRepeat
            else { return nil }
            values[parameter, default: []].append(value)
        }
        let services = [Parameter.resource, .audience].flatMap { values[$0, default: []] }
        guard services.count(where: { !$0.isEmpty }) <= 32 else { return nil }
    }

    private static func text(_ encoded: ArraySlice<UInt8>) -> String? {
        let runs = encoded.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        var bytes = Array(runs[0])
        var isPlain = [Bool](repeating: true, count: bytes.count)
        for run in runs.dropFirst() {
            let digits = String(decoding: run.prefix(2), as: UTF8.self)
            guard run.count >= 2, run.prefix(2).allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                let byte = UInt8(digits, radix: 16)
            else { return nil }
            bytes += [byte] + run.dropFirst(2)
            isPlain += [false] + run.dropFirst(2).map { _ in true }
        }
        for index in bytes.indices where isPlain[index] && bytes[index] == 0x2B { bytes[index] = 0x20 }
        return String(validating: bytes, as: UTF8.self)
    }
}
