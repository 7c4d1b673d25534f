import Testing

@testable import Gateway

/// A peer's bytes, and what they are.
struct PreviewCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let fault: RequestFault?

    init(_ description: String, _ bytes: [UInt8], _ fault: RequestFault? = nil) {
        testDescription = description
        self.bytes = bytes
        self.fault = fault
    }
}

@Suite("The preview of a request's records")
struct RequestPreviewTests {
    private static let limits = FastCGILimits(body: 100, parameters: 400)

    private static func verdict(_ bytes: [UInt8]) -> RequestPreview.Verdict {
        var preview = RequestPreview(limits: limits)
        return preview.examine(bytes.span)
    }

    private static let pair = Wire.pair("REQUEST_METHOD", "POST")
    private static let parameters = Wire.parameters(pair) + Wire.parameters([])
    private static let long = Wire.pair("LONG", String(repeating: "x", count: 200))

    /// A request in each of the shapes that a web server may give it.
    static let whole: [PreviewCase] = [
        PreviewCase("without a body", Wire.request()),
        PreviewCase("with a body", Wire.request(body: "grant_type=client_credentials")),
        PreviewCase("with a body of the limit", Wire.request(body: String(repeating: "b", count: 100))),
        PreviewCase("without parameters", Wire.begin() + Wire.parameters([]) + Wire.standardInput([])),
        PreviewCase("for an authorizer", Wire.begin(role: 2) + parameters),
        PreviewCase("of a kept connection", Wire.begin(flags: 1) + parameters + Wire.standardInput([])),
        PreviewCase(
            "with padding",
            Wire.begin() + Wire.parameters(pair, padding: 255) + Wire.parameters([])
                + Wire.standardInput([1, 2], padding: 6) + Wire.record(5, padding: 8)
        ),
        PreviewCase(
            "with a pair cut by a record",
            Wire.begin() + pair.flatMap { Wire.parameters([$0]) } + Wire.parameters([]) + Wire.standardInput([])
        ),
        PreviewCase(
            "with several records of each",
            Wire.begin() + Wire.parameters(pair) + Wire.parameters(pair) + Wire.parameters([])
                + Wire.standardInput([1]) + Wire.standardInput([2]) + Wire.standardInput([])
        ),
        PreviewCase(
            "with lengths of four bytes",
            Wire.begin() + long.flatMap { Wire.parameters([$0], padding: 1) } + Wire.parameters([])
                + Wire.standardInput([])
        ),
        PreviewCase(
            "with a short length in four bytes",
            Wire.begin() + Wire.parameters(Wire.length(1, long: true) + Wire.length(0, long: true) + [65])
                + Wire.parameters([]) + Wire.standardInput([])
        ),
        PreviewCase(
            "with an empty name",
            Wire.begin() + Wire.parameters([0, 0]) + Wire.parameters([]) + Wire.standardInput([])
        ),
    ]

    @Test(arguments: whole)
    func `A request is whole with its last byte, and incomplete with each byte less`(request: PreviewCase) {
        let bytes = request.bytes
        #expect(Self.verdict(bytes) == .whole)
        for end in 0..<bytes.count {
            #expect(Self.verdict(Array(bytes[..<end])) == .incomplete, "\(end) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: whole)
    func `A request that comes byte by byte is judged as one that comes at once`(request: PreviewCase) {
        let bytes = request.bytes
        var preview = RequestPreview(limits: Self.limits)
        for end in 0..<bytes.count {
            let start = Array(bytes[..<end])
            #expect(preview.examine(start.span) == .incomplete)
        }
        #expect(preview.examine(bytes.span) == .whole)
    }

    @Test
    func `What follows a whole request changes nothing`() {
        #expect(Self.verdict(Wire.request() + Wire.request()) == .whole)
        #expect(Self.verdict(Wire.request() + Array("garbage garbage".utf8)) == .whole)
    }

    @Test
    func `A body over the limit is known as soon as the limit is passed`() {
        let start = Wire.begin() + Self.parameters + Wire.standardInput([UInt8](repeating: 1, count: 60))
        #expect(Self.verdict(start) == .incomplete)
        #expect(Self.verdict(start + Wire.standardInput([UInt8](repeating: 1, count: 41))) == .bodyOverLimit)
    }

    static let refused: [PreviewCase] = [
        PreviewCase("HTTP", Array("GET / HTTP/1.1\r\n\r\n".utf8), .version),
        PreviewCase("zeros", [UInt8](repeating: 0, count: 64), .version),
        PreviewCase("another version", Wire.record(1, [0, 1, 0, 0, 0, 0, 0, 0], version: 2), .version),
        PreviewCase("a later record of another version", Wire.begin() + Wire.record(4, version: 0), .version),
        PreviewCase("parameters first", parameters, .order),
        PreviewCase("a beginning for no request", Wire.begin(id: 0), .beginning),
        PreviewCase("a beginning of seven bytes", Wire.record(1, [0, 1, 0, 0, 0, 0, 0]), .beginning),
        PreviewCase("a beginning of nine bytes", Wire.record(1, [0, 1, 0, 0, 0, 0, 0, 0, 0]), .beginning),
        PreviewCase("role 0", Wire.begin(role: 0), .beginning),
        PreviewCase("role 4", Wire.begin(role: 4), .beginning),
        PreviewCase("role 257", Wire.record(1, [1, 1, 0, 0, 0, 0, 0, 0]), .beginning),
        PreviewCase("two beginnings", Wire.begin() + Wire.begin(), .order),
        PreviewCase("a second request in between", Wire.begin() + Wire.begin(id: 2), .order),
        PreviewCase("another request's parameters", Wire.begin() + Wire.record(4, pair, id: 2), .order),
        PreviewCase("another request's body", Wire.begin() + parameters + Wire.record(5, [1], id: 2), .order),
        PreviewCase("a body before its parameters", Wire.begin() + Wire.standardInput([1]), .order),
        PreviewCase(
            "a body before the parameters' end",
            Wire.begin() + Wire.parameters(pair) + Wire.standardInput([1]),
            .order
        ),
        PreviewCase("parameters in the body", Wire.begin() + parameters + parameters, .order),
        PreviewCase("a padded beginning", Wire.padded(Wire.begin(), with: [0]), .padding),
        PreviewCase("a padded end of parameters", Wire.begin() + Wire.parameters([], padding: 1), .padding),
        PreviewCase("an abort", Wire.begin() + Wire.record(Wire.abortRequest), .order),
        PreviewCase("an abort in the body", Wire.begin() + parameters + Wire.record(Wire.abortRequest), .order),
        PreviewCase("an unknown type", Wire.begin() + Wire.record(77), .order),
        PreviewCase(
            "a question for values",
            Wire.record(Wire.getValues, Wire.pair("FCGI_MAX_CONNS", ""), id: 0),
            .management
        ),
        PreviewCase("a question in mid-request", Wire.begin() + Wire.record(Wire.getValues, id: 0), .management),
        PreviewCase("an unknown management record", Wire.record(200, id: 0), .management),
        PreviewCase(
            "a name of 0x7ffffffe bytes",
            Wire.begin() + Wire.parameters(Wire.length(0x7fff_fffe) + [0, 65]),
            .parametersTooLarge
        ),
        PreviewCase(
            "a value of 0x7ffffffe bytes",
            Wire.begin() + Wire.parameters([0] + Wire.length(0x7fff_fffe)),
            .parametersTooLarge
        ),
        PreviewCase(
            "both of them",
            Wire.begin() + Wire.parameters(Wire.length(0x7fff_ffff) + Wire.length(0x7fff_ffff)),
            .parametersTooLarge
        ),
        PreviewCase(
            "a length in four records",
            Wire.begin() + ([1] + Wire.length(0x0100_0000)).flatMap { Wire.parameters([$0]) },
            .parametersTooLarge
        ),
        PreviewCase("many parameters", Wire.begin() + Wire.parameters(long + long), .parametersTooLarge),
        PreviewCase(
            "a pair without its value",
            Wire.begin() + Wire.parameters([1, 1, 65]) + Wire.parameters([]),
            .parametersCutOff
        ),
        PreviewCase(
            "a pair without its length",
            Wire.begin() + Wire.parameters([1]) + Wire.parameters([]),
            .parametersCutOff
        ),
        PreviewCase(
            "a length without its end",
            Wire.begin() + Wire.parameters([0x80, 0, 0]) + Wire.parameters([]),
            .parametersCutOff
        ),
    ]

    @Test(arguments: refused)
    func `What is no request is refused`(request: PreviewCase) {
        #expect(Self.verdict(request.bytes) == request.fault.map { .refused($0) })
    }

    @Test
    func `A length that the stream cannot hold is refused before its bytes come`() {
        var preview = RequestPreview(limits: Self.limits)
        #expect(preview.examine(Wire.begin().span) == .incomplete)
        let rest = Wire.begin() + Wire.parameters(Wire.length(100_000) + [0])
        #expect(preview.examine(rest.span) == .refused(.parametersTooLarge))
    }

    @Test
    func `Many times as many bytes as content are refused, while there is room for sensible records`() {
        let limits = FastCGILimits(body: 1000, parameters: 1000)
        let start = Wire.begin() + (0..<500).flatMap { _ in Wire.parameters([0], padding: 255) }
        var preview = RequestPreview(limits: limits)
        #expect(preview.examine(start.span) == .incomplete)
        let more = start + start.dropFirst(16)
        #expect(preview.examine(more.span) == .refused(.wasteful))
    }
}
