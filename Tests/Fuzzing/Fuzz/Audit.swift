import FoundationEssentials

@testable import FileStore
@testable import GrantCore

/// The input as an event of the audit: a byte of options, and the client, address, request, endpoint, scope and reason with
/// zeros between them. Whatever they are, it is one line, and says what it was given.
func audit(_ input: [UInt8]) {
    guard let options = input.first else { return }
    let parts = input.dropFirst().split(separator: 0, maxSplits: 5, omittingEmptySubsequences: false)
    let texts = parts.map { String(decoding: $0, as: UTF8.self) } + [String](repeating: "", count: 6 - parts.count)
    let isRequest = options & 1 == 0
    var event = AuditEvent(
        kinds[Int(options >> 1) % kinds.count],
        options & 16 == 0 ? .success : .refused,
        from: isRequest
            ? .request(endpoint: texts[3], address: texts[1], id: options & 32 == 0 ? texts[2] : nil)
            : .administration(user: UInt32(options)),
        client: ClientID(texts[0])
    )
    event.scope = Scope(texts[4])
    event.reason = options & 64 == 0 ? texts[5] : nil
    let line = event.line(at: Timestamp(seconds: 1_800_000_000 + Int64(options)))

    expect(line.last == 0x0A, "a line has an end")
    guard let text = String(validating: line.dropLast(), as: UTF8.self) else {
        return expect(false, "a line is UTF-8")
    }
    for scalar in text.unicodeScalars {
        expect(scalar.properties.generalCategory != .control, "no control character is in a line")
        expect(scalar != "\u{2028}" && scalar != "\u{2029}", "nothing that somebody takes for a line's end is in one")
    }
    guard let read = try? JSONDecoder().decode(AuditLine.self, from: Data(line)) else {
        return expect(false, "a line is the JSON that it has to be")
    }
    expectSame(read.client, event.client?.value)
    expectSame(read.endpoint, isRequest ? texts[3] : "grantctl")
    expectSame(read.address, isRequest ? cut(texts[1]) : nil)
    expectSame(read.request, isRequest && options & 32 == 0 ? cut(texts[2]) : nil)
    expectSame(read.scope, event.scope.flatMap { $0.isEmpty ? nil : $0.description })
    expectSame(read.reason, event.reason.map(cut))
}

private let kinds: [AuditEvent.Kind] = [.issue, .denial, .revocation, .clientChange(.takeOver)]

private func expectSame(_ read: String?, _ given: String?) {
    expect(read.map { Array($0.utf8) } == given.map { Array($0.utf8) }, "a line says what it was given")
}

/// The first 500 characters, found in another way.
private func cut(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() where index < 500 { result.unicodeScalars.append(scalar) }
    return result
}

private struct AuditLine: Decodable {
    let client: String?
    let endpoint: String
    let address: String?
    let request: String?
    let scope: String?
    let reason: String?
}
