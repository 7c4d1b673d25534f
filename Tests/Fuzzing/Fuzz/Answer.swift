@testable import Gateway

/// The input as an answer: a byte for the status; then, with bytes between them that no text has, names and values in turn,
/// and at last the body. What a web server reads of it are the fields that can be some, in their order, and the body.
func answer(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var parts = input.dropFirst().split(separator: 0xFF, omittingEmptySubsequences: false)
    let body = Array(parts.removeLast())
    let texts = parts.map { String(decoding: $0, as: UTF8.self) }
    let fields = stride(from: 0, to: texts.count - 1, by: 2).map { (name: texts[$0], value: texts[$0 + 1]) }
    let status = 200 + Int(first)
    let read = AnswerAsRead(GatewayResponse(status: status, headers: fields, body: body).rendered())

    let taken = fields.filter { isField($0.name, $0.value) }
    let saysLength = taken.contains { $0.name.lowercased() == "content-length" }
    let isEmpty = status == 204 || status == 304
    let length = saysLength || isEmpty ? [] : ["Content-Length: \(body.count)"]
    expect(read.lines.first?.hasPrefix("Status: \(status) ") == true, "an answer begins with its status")
    expectSame(Array(read.lines.dropFirst()), taken.map { "\($0.name): \($0.value)" } + length)
    expect(read.body == body, "the body follows")
}

/// An answer as a web server takes it apart: lines up to an empty one, and what is left.
private struct AnswerAsRead {
    var lines: [String] = []
    var body: [UInt8]

    init(_ document: [UInt8]) {
        body = document
        while let end = body.firstIndex(of: 0x0A) {
            expect(end > 0 && body[end - 1] == 0x0D, "a line ends with CR and LF")
            let line = String(decoding: body[..<(end - 1)], as: UTF8.self)
            body.removeSubrange(...end)
            if line.isEmpty { return }
            lines.append(line)
        }
        expect(false, "an empty line ends the fields")
    }
}

private let tokenCharacters = Set(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars
)

private func isField(_ name: String, _ value: String) -> Bool {
    !name.isEmpty && name.unicodeScalars.allSatisfy(tokenCharacters.contains) && name.lowercased() != "status"
        && !value.unicodeScalars.contains { $0 == "\0" || $0 == "\r" || $0 == "\n" }
}

private func expectSame(_ read: [String], _ given: [String]) {
    expect(read.map { Array($0.utf8) } == given.map { Array($0.utf8) }, "the fields are those that can be some")
}
