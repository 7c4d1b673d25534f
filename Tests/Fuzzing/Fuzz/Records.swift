import Linux

@testable import Gateway

private let limits = FastCGILimits(body: 600, parameters: 1200)

/// The input as the bytes of a FastCGI request: what the preview lets through, libfcgi reads whole, and as it was sent.
func records(_ input: [UInt8]) {
    var preview = RequestPreview(limits: limits)
    let verdict = preview.examine(input.span)
    expect(byteByByte(input) == verdict, "however the bytes arrive, the verdict is the same")
    guard verdict == .whole else { return }
    expect(preview.examinedLength <= input.count, "no byte is judged that is not there")

    // Only what was judged: one byte more that libfcgi wanted would be the end of the file, and an error.
    let request = SentRequest(input.prefix(preview.examinedLength))
    var library = FCGXRequest()
    do throws(DroppedRequest) {
        defer { library.end() }
        var file = try file(of: input.prefix(preview.examinedLength))
        let parameters = try library.begin(from: &file.descriptor)
        let roles = ["RESPONDER", "AUTHORIZER", "FILTER"]
        expect(parameters["FCGI_ROLE"] == roles[Int(request.role) - 1], "the role is the one that was sent")
        for name in Set(request.parameters.map(\.name)) where name != Array("FCGI_ROLE".utf8) {
            // Parameters that are no UTF-8 are of no name that anybody asks for.
            guard let text = String(validating: name, as: UTF8.self) else { continue }
            let sent = request.parameters.first { $0.name == name }?.value
            expect(parameters.bytes(of: text).map(Array.init) == sent, "a parameter is as it was sent first")
        }
        expect(library.keepsConnection == request.keepsConnection, "the connection is kept where the peer says so")
        if request.role == 1 {
            let length = request.hasRightLength ? request.body.count : nil
            let body = try library.body(length: length, limit: limits.body)
            expect(body == request.body, "the body is as it was sent")
        }
    } catch {
        expect(false, "what was let through is read: \(error)")
    }
}

private func file(of bytes: ArraySlice<UInt8>) throws(DroppedRequest) -> MemoryFile {
    do {
        return try MemoryFile.holding(Array(bytes))
    } catch {
        throw .failed(error)
    }
}

private func byteByByte(_ input: [UInt8]) -> RequestPreview.Verdict {
    var preview = RequestPreview(limits: limits)
    var verdict = RequestPreview.Verdict.incomplete
    for end in 0...input.count where verdict == .incomplete {
        verdict = preview.examine(input.span.extracting(..<end))
    }
    return verdict
}
