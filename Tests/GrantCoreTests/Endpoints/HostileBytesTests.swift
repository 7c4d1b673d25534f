import Testing

@testable import GrantCore

/// Requests with bytes changed, dropped and put in, always in the same order: whatever comes, there is an answer.
struct HostileBytesTests {
    /// SplitMix64, so that a failure comes again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// Bytes that mean something to one of the parsers.
    private static let telling = Array("\"\\{}[],:&=%+ /utf-09eE.\u{0}\u{7F}ü".utf8) + [0xFF, 0xC0, 0xED]

    private static let form = "grant_type=client_credentials&client_id=web%2Dapp&client_secret=client-secret&scope=a+b"
    private static let json = #"""
        {"client_id":"web-app","client_secret":"client\u002Dsecret","x":[{"a":-1.5e+3},null,"\ud834\udd1e"],
        "grant_type":"client_credentials","scope":"a b"}
        """#

    private static func disturb(_ text: String, using generator: inout Generator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = telling.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...2: bytes[index] = byte
            case 3...5: bytes.insert(byte, at: index)
            case 6...8: bytes.remove(at: index)
            default: bytes.removeSubrange(index...)
            }
            if bytes.isEmpty { bytes = [byte] }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a disturbed request is granted or refused in the RFC's words`(seed: UInt64) async {
        let fixture = Fixture(.webApp { $0.scope = "a b" })
        var generator = Generator(state: seed)
        for _ in 0..<2000 {
            var (form, json) = (EndpointRequest.form(Self.form, authorization: nil), EndpointRequest.json(Self.json))
            form.body = .whole(Self.disturb(Self.form, using: &generator))
            json.body = .whole(Self.disturb(Self.json, using: &generator))
            let header = Self.disturb(basic("web%2Dapp:client-secret"), using: &generator)
            var byBasic = EndpointRequest.form(authorization: String(decoding: header, as: UTF8.self))
            let query = Self.disturb("client%5Fi=x&y=%20", using: &generator)
            byBasic.query = String(decoding: query, as: UTF8.self)
            for request in [form, json, byBasic] {
                let issued = fixture.tokens.records.count
                guard let error = await fixture.refusal(of: request) else { continue }
                #expect([400, 401, 415].contains(error.status))
                #expect(!error.json.contains("client-secret"))
                #expect(fixture.tokens.records.count == issued)
            }
        }
        #expect(fixture.tokens.records.count > 20)
    }
}
