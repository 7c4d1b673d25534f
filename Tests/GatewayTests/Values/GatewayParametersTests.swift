import Testing

@testable import Gateway

@Suite("The parameters of a request")
struct GatewayParametersTests {
    private static func withEnvironment<Result>(_ strings: [[UInt8]], _ body: (GatewayParameters) -> Result) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { string in
            let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: string.count + 1)
            for (index, byte) in string.enumerated() { unsafe pointer[index] = CChar(bitPattern: byte) }
            unsafe pointer[string.count] = 0
            return unsafe pointer
        }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe $0?.deallocate() } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return body([:]) }
            return body(unsafe GatewayParameters(copying: base))
        }
    }

    @Test("They are what the environment's strings say")
    func environment() {
        Self.withEnvironment(["A=1", "EMPTY=", "SIGNS=a=b=c", "=odd", "NOSIGN", "LAST=end"].map { Array($0.utf8) }) {
            #expect($0["A"] == "1")
            #expect($0["EMPTY"] == "")
            #expect($0["SIGNS"] == "a=b=c")
            #expect($0[""] == "odd")
            #expect($0["NOSIGN"] == nil)
            #expect($0["LAST"] == "end")
            #expect($0["LAS"] == nil)
            #expect($0["ABSENT"] == nil)
        }
    }

    @Test("The first of a name counts")
    func firstCounts() {
        let parameters = GatewayParameters([("NAME", "site"), ("OTHER", "x"), ("NAME", "client")])
        #expect(parameters["NAME"] == "site")
    }

    @Test("A value that is not UTF-8 is none, but not absent")
    func invalidText() {
        Self.withEnvironment([Array("BAD=".utf8) + [0xff, 0xfe], Array("GOOD=ä€😀".utf8)]) {
            #expect($0["BAD"] == nil)
            #expect($0.bytes(of: "BAD").map(Array.init) == [0xff, 0xfe])
            #expect($0["GOOD"] == "ä€😀")
        }
    }

    @Test("A literal keeps its order, and a thousand parameters are found")
    func literal() {
        let parameters: GatewayParameters = ["REQUEST_METHOD": "POST", "REQUEST_METHOD": "GET"]
        #expect(parameters["REQUEST_METHOD"] == "POST")
        let many = GatewayParameters((0..<1000).map { ("NAME_\($0)", "\($0)") })
        #expect(many["NAME_0"] == "0")
        #expect(many["NAME_999"] == "999")
        #expect(many["NAME_1000"] == nil)
    }

    @Test("This process's environment is readable as parameters")
    func ownEnvironment() {
        #expect(GatewayParameters.environment["PATH"]?.isEmpty == false)
    }

    @Test(
        "CONTENT_LENGTH is a count of bytes",
        arguments: [("", 0), ("0", 0), ("16384", 16384), ("00012", 12), ("99999999999999999999999", Int.max)]
    )
    func contentLength(text: String, length: Int) throws {
        #expect(try ContentLength.of(["CONTENT_LENGTH": text]) == length)
    }

    @Test("Without CONTENT_LENGTH, or with an empty one, no length is announced")
    func noContentLength() throws {
        #expect(try ContentLength.of([:]) == 0)
        #expect(try ContentLength.announced(by: [:]) == nil)
        #expect(try ContentLength.announced(by: ["CONTENT_LENGTH": ""]) == nil)
        #expect(try ContentLength.announced(by: ["CONTENT_LENGTH": "0"]) == 0)
    }

    @Test(
        "CONTENT_LENGTH that is no number is refused",
        arguments: ["-1", "+1", "1 ", " 1", "0x10", "1e3", "١", "12a"]
    )
    func contentLengthNotANumber(text: String) {
        #expect(throws: DroppedRequest.contentLengthNotANumber) { try ContentLength.of(["CONTENT_LENGTH": text]) }
    }

    @Test("CONTENT_LENGTH that is not UTF-8 is refused, not taken for absent")
    func contentLengthNotText() {
        Self.withEnvironment([Array("CONTENT_LENGTH=".utf8) + [0xff]]) { parameters in
            _ = #expect(throws: DroppedRequest.contentLengthNotANumber) { try ContentLength.of(parameters) }
        }
    }
}
