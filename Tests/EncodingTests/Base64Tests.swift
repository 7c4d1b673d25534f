import Encoding
import Testing

struct Base64Tests {
    /// RFC 4648 §10, and bytes that need the last two letters.
    static let vectors: [(bytes: [UInt8], standard: String, url: String)] = [
        ([], "", ""),
        (Array("f".utf8), "Zg==", "Zg"),
        (Array("fo".utf8), "Zm8=", "Zm8"),
        (Array("foo".utf8), "Zm9v", "Zm9v"),
        (Array("foob".utf8), "Zm9vYg==", "Zm9vYg"),
        (Array("fooba".utf8), "Zm9vYmE=", "Zm9vYmE"),
        (Array("foobar".utf8), "Zm9vYmFy", "Zm9vYmFy"),
        ([0xFB, 0xEF, 0xFF], "++//", "--__"),
        ([0xFF, 0xFF], "//8=", "__8"),
        ([0, 0, 0, 0], "AAAAAA==", "AAAAAA"),
    ]

    @Test(arguments: vectors)
    func `bytes and text stand for each other`(bytes: [UInt8], standard: String, url: String) {
        #expect(Base64.standard.encode(bytes) == standard)
        #expect(Base64.url.encode(bytes) == url)
        #expect(decode(standard, by: .standard) == bytes)
        #expect(decode(url, by: .url) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zm8", "Z", "Zg===", "Zm9v=", "Zm9v==", "Zm9v====", "=", "==", "====", "A===", "=Zg=", "Z=g=",
        "Zg==Zg==", "Zm8=Zm8=",  // padding
        "Zh==", "Zv==", "Zm9=", "Zm+=",  // stray bits
        "Zm9v\n", "Zm 9v", " Zm9v", "Zm9v ", "Zm9v    ", "Zm9\n", "Zg=\n", "\r\nZm9v",  // white space
        "Zm9-", "Zm9_", "Zm9.", "Zm9%", "Zm9\u{0}", "Zmü", "Zm9,",  // other alphabets
    ])
    func `one text stands for each run of bytes`(text: String) {
        #expect(decode(text, by: .standard) == nil)
    }

    @Test(arguments: ["Z", "Zm9vY", "Zg==", "Zm8=", "Zh", "Zm9", "Zm9+", "Zm9/", "Zm 9v", "Zm9v\n", "="])
    func `the alphabet for URLs is without padding, and as strict`(text: String) {
        #expect(decode(text, by: .url) == nil)
    }

    @Test func `every byte survives in every position`() {
        for byte in UInt8.min...UInt8.max {
            for bytes in [[byte], [byte, 1], [2, byte], [3, 4, byte], [5, byte, 6, 7]] {
                #expect(decode(Base64.standard.encode(bytes), by: .standard) == bytes)
                #expect(decode(Base64.url.encode(bytes), by: .url) == bytes)
            }
        }
    }

    /// Apart, since what `#expect` looks at has to outlive it.
    private func decode(_ text: String, by base64: Base64) -> [UInt8]? {
        base64.decode(text.utf8.span)
    }
}
