import Linux
import Testing

@testable import Gateway

@Suite("libfcgi behind the preview")
struct LibraryRequestTests {
    private static let limits = FastCGILimits(body: 3000, parameters: 12000)

    /// A request of random records, a few of whose bytes are then changed.
    private static func request(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        let pairs = (0..<Int.random(in: 0...4, using: &random)).flatMap { index in
            Wire.pair(
                "N\(index)",
                String(repeating: "v", count: [0, 5, 127, 128, 4000].randomElement(using: &random) ?? 0)
            )
        }
        let body = [UInt8](repeating: 0x62, count: [0, 1, 300, 3000, 3001].randomElement(using: &random) ?? 0)
        var bytes = Wire.begin(role: .random(in: 1...3, using: &random), flags: .random(in: 0...1, using: &random))
        if Int.random(in: 0..<8, using: &random) == 0 { bytes = Wire.padded(bytes, with: [1, 4, 0, 1]) }
        bytes +=
            records(of: pairs, using: &random, Wire.parameters) + records(of: body, using: &random, Wire.standardInput)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            // Mostly where the headers are, which is where a change tells.
            let index = Int.random(
                in: 0..<min(bytes.count, Bool.random(using: &random) ? 40 : bytes.count),
                using: &random
            )
            bytes[index] = [0, 1, 4, 5, 9, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
        }
        return bytes
    }

    private static func records(
        of content: [UInt8],
        using random: inout some RandomNumberGenerator,
        _ record: ([UInt8], UInt8) -> [UInt8]
    ) -> [UInt8] {
        var rest = content[...]
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            let size = min(rest.count, [1, 100, 8184, 8185].randomElement(using: &random) ?? 1)
            bytes += record(Array(rest.prefix(size)), [0, 0, 7, 255].randomElement(using: &random) ?? 0)
            rest = rest.dropFirst(size)
            if rest.count > 500, size == 1 { bytes += record(Array(rest), 0); rest = [] }
        }
        return bytes + record([], Int.random(in: 0..<8, using: &random) == 0 ? 8 : 0)
    }

    /// Whether libfcgi reads a request from its beginning to its end, however long its body is.
    private static func isRead(_ bytes: [UInt8], body: Bool, by library: inout FCGXRequest) throws -> Bool {
        defer { library.end() }
        var file = try MemoryFile.holding(bytes)
        do throws(DroppedRequest) {
            let parameters = try library.begin(from: &file.descriptor)
            if body, parameters["FCGI_ROLE"] != "AUTHORIZER" {
                _ = try library.body(length: limits.body, limit: limits.body)
            }
            return true
        } catch {
            if case .bodyLength = error { return true }
            return false
        }
    }

    @Test(arguments: 1...8)
    func `It reads whatever the preview lets through`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var library = FCGXRequest()
        var counts = (whole: 0, refused: 0)
        for _ in 0..<2000 {
            let bytes = Self.request(&random)
            var preview = RequestPreview(limits: Self.limits)
            let verdict = preview.examine(bytes.span)
            guard verdict == .whole || verdict == .bodyOverLimit else {
                counts.refused += 1
                continue
            }
            counts.whole += 1
            let isRead = try Self.isRead(bytes, body: verdict == .whole, by: &library)
            #expect(isRead)
        }
        #expect(counts.whole > 200 && counts.refused > 200, "both happen: \(counts)")
    }
}

/// A generator whose numbers are the same in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
