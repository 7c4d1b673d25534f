import Testing

@testable import JOSE

/// RFC 7468, strictly.
struct PEMTests {
    @Test(arguments: [0, 1, 47, 48, 49, 96, 97, 1000])
    func `what is written is read`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let text = PEM.encode(bytes, label: "PRIVATE KEY")
        #expect(PEM.decode(text, label: "PRIVATE KEY") == (bytes.isEmpty ? nil : bytes))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 64 } && text.hasSuffix("-----\n"))
    }

    @Test(arguments: [
        "", "\n", "-----BEGIN X-----", "-----BEGIN X-----\n-----END X-----\n",
        "-----BEGIN X-----\nAA\n-----END X-----\n",
        "-----BEGIN Y-----\nAAAA\n-----END Y-----\n", "-----BEGIN X-----\nAAAA\n-----END Y-----\n",
        "-----BEGIN Y-----\nAAAA\n-----END X-----\n", "x\n-----BEGIN X-----\nAAAA\n-----END X-----\n",
        "-----BEGIN X-----\nAAAA\n-----END X-----\nx",
        "-----BEGIN X-----\nAAAA\n-----END X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n",
        " -----BEGIN X-----\nAAAA\n-----END X-----\n", "-----BEGIN X-----\nA AAA\n-----END X-----\n",
        "-----BEGIN X-----\nAAAA\n\u{FEFF}-----END X-----\n",
    ])
    func `what is not one block is refused`(text: String) {
        #expect(PEM.decode(text, label: "X") == nil)
    }

    @Test(arguments: [
        "-----BEGIN X-----\nAAAA\n-----END X-----", "-----BEGIN X-----\r\nAA\r\nAA\r\n-----END X-----\r\n\r\n",
        "-----BEGIN X-----\nAAAA\n-----END X-----\n\n",
    ])
    func `line breaks are either kind`(text: String) {
        #expect(PEM.decode(text, label: "X") == [0, 0, 0])
    }
}
