import Testing

@testable import Gateway

@Suite("The parameters of a request")
struct GatewayParametersTests {
    private static func withEnvironment<Result>(
        _ strings: [[UInt8]],
        _ body: (GatewayParameters) -> Result
    ) -> Result {
        var room = GatewayParameters.Storage()
        return withEnvironment(strings, in: &room, body)
    }

    private static func withEnvironment<Result>(
        _ strings: [[UInt8]],
        in room: inout GatewayParameters.Storage,
        _ body: (GatewayParameters) -> Result
    ) -> Result {
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
            return body(unsafe GatewayParameters(copying: base, in: &room))
        }
    }

    @Test
    func `They are what the environment's strings say`() {
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

    @Test
    func `Parameters that are still held keep their values when the next request's are read`() {
        var room = GatewayParameters.Storage()
        let first = Self.withEnvironment([Array("NAME=first".utf8)], in: &room) { $0 }
        let second = Self.withEnvironment([Array("NAME=second, and longer".utf8)], in: &room) { $0 }
        #expect(first["NAME"] == "first")
        #expect(second["NAME"] == "second, and longer")
    }

    @Test
    func `Storage that nothing holds is used again`() {
        var room = GatewayParameters.Storage()
        let before = ObjectIdentifier(room)
        for value in ["first", "second"] {
            let told = Self.withEnvironment([Array("NAME=\(value)".utf8)], in: &room) { $0["NAME"] }
            #expect(told == value)
        }
        #expect(ObjectIdentifier(room) == before)
    }

    @Test
    func `A value is found among common ones and besides them`() {
        let parameters: GatewayParameters = ["TYPE": "common", "OTHER": "commom", "SHORT": "comm"]
        for (name, value) in [("TYPE", "common"), ("OTHER", "commom"), ("SHORT", "comm")] {
            #expect(parameters.value(of: name, among: ["first", "common"]) == value)
        }
        #expect(parameters.value(of: "ABSENT", among: ["common"]) == nil)
    }

    @Test
    func `The first of a name counts`() {
        let parameters = GatewayParameters([("NAME", "site"), ("OTHER", "x"), ("NAME", "client")])
        #expect(parameters["NAME"] == "site")
    }

    @Test
    func `A value that is not UTF-8 is none, but not absent`() {
        Self.withEnvironment([Array("BAD=".utf8) + [0xff, 0xfe], Array("GOOD=ä€😀".utf8)]) {
            #expect($0["BAD"] == nil)
            #expect($0.bytes(of: "BAD").map(Array.init) == [0xff, 0xfe])
            #expect($0["GOOD"] == "ä€😀")
        }
    }

    @Test
    func `A literal keeps its order, and a thousand parameters are found`() {
        let parameters: GatewayParameters = ["REQUEST_METHOD": "POST", "REQUEST_METHOD": "GET"]
        #expect(parameters["REQUEST_METHOD"] == "POST")
        let many = GatewayParameters((0..<1000).map { ("NAME_\($0)", "\($0)") })
        #expect(many["NAME_0"] == "0")
        #expect(many["NAME_999"] == "999")
        #expect(many["NAME_1000"] == nil)
    }

    @Test
    func `This process's environment is readable as parameters`() {
        #expect(GatewayParameters.environment["PATH"]?.isEmpty == false)
    }

    @Test(arguments: [("", 0), ("0", 0), ("16384", 16384), ("00012", 12), ("99999999999999999999999", Int.max)])
    func `CONTENT_LENGTH is a count of bytes`(text: String, length: Int) throws {
        #expect(try ContentLength.of(["CONTENT_LENGTH": text]) == length)
    }

    @Test
    func `Without CONTENT_LENGTH, or with an empty one, no length is announced`() throws {
        #expect(try ContentLength.of([:]) == 0)
        #expect(try ContentLength.announced(by: [:]) == nil)
        #expect(try ContentLength.announced(by: ["CONTENT_LENGTH": ""]) == nil)
        #expect(try ContentLength.announced(by: ["CONTENT_LENGTH": "0"]) == 0)
    }

    @Test(arguments: ["-1", "+1", "1 ", " 1", "0x10", "1e3", "١", "12a"])
    func `CONTENT_LENGTH that is no number is refused`(text: String) {
        #expect(throws: DroppedRequest.contentLengthNotANumber) { try ContentLength.of(["CONTENT_LENGTH": text]) }
    }

    @Test
    func `CONTENT_LENGTH that is not UTF-8 is refused, not taken for absent`() {
        Self.withEnvironment([Array("CONTENT_LENGTH=".utf8) + [0xff]]) { parameters in
            _ = #expect(throws: DroppedRequest.contentLengthNotANumber) { try ContentLength.of(parameters) }
        }
    }
}
