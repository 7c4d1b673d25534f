import Encoding
import Testing

@testable import GrantCore

/// RFC 7617, and RFC 6749 §2.3.1 for the form encoding below it.
struct BasicCredentialsTests {
    private func readings(_ authorization: String) throws -> [[String]]? {
        try BasicCredentials.parse(authorization: authorization)?.map { [$0.id.value, $0.secret.exposedValue] }
    }

    @Test func `the example of RFC 7617 is read`() throws {
        #expect(try readings("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == [["Aladdin", "open sesame"]])
        #expect(try readings("Basic dGVzdDoxMjPCow==") == [["test", "123£"]])
    }

    @Test(arguments: ["Basic", "basic", "BASIC", "bAsIc"])
    func `the scheme has no case`(scheme: String) throws {
        #expect(try readings("\(scheme) YTpi") == [["a", "b"]])
        #expect(try readings("\(scheme)   YTpi") == [["a", "b"]])
    }

    @Test(arguments: [
        "", " ", "Bearer YTpi", "Basi YTpi", "Basicx YTpi", "Basic\tYTpi", "YTpi", "Digest a=b", " Basic YTpi",
    ])
    func `another scheme is none of ours`(authorization: String) throws {
        #expect(try readings(authorization) == nil)
    }

    @Test(arguments: [
        ("a:b", [["a", "b"]]),
        ("a:b:c", [["a", "b:c"]]),
        ("a::", [["a", ":"]]),
        ("a b: ü", [["a b", " ü"]]),
        // Form encoded or not, nobody can tell: the decoded reading is the first.
        ("a%3Ab:c%25", [["a:b", "c%"], ["a%3Ab", "c%25"]]),
        ("a:b+c", [["a", "b c"], ["a", "b+c"]]),
        ("a+b:c", [["a b", "c"], ["a+b", "c"]]),
        ("a:%C3%BC", [["a", "ü"], ["a", "%C3%BC"]]),
        ("a:b%3ac", [["a", "b:c"], ["a", "b%3ac"]]),
        // What cannot be decoded is raw.
        ("a:100%", [["a", "100%"]]),
        ("a:%zz", [["a", "%zz"]]),
        ("a:%FF", [["a", "%FF"]]),
        ("a%:b%20c", [["a%", "b%20c"]]),
        // What no client can have is no reading.
        ("a:%00", [["a", "%00"]]),
        ("a%0A:b", [["a%0A", "b"]]),
        (":b", []), ("a:", []), (":", []),
    ])
    func `the first colon splits, and a pair is read decoded, then raw`(pair: String, expected: [[String]]) throws {
        #expect(try readings(basic(pair)) == expected)
    }

    @Test(arguments: [
        "Basic YTpi=", "Basic YTpiYw", "Basic YTpiYw=", "Basic YTpiYx==", "Basic YTpi YTpi", "Basic YTpi\n",
        "Basic YTpi ", "Basic YTp-", "Basic YTp_", "Basic a:b", "Basic =", "Basic YTpi,x=y", "Basic \u{FC}",
        "Basic YTpi\u{0}",
    ])
    func `what is not strict base64 is malformed`(authorization: String) {
        #expect(throws: OAuthError.invalidRequest("the Authorization header is not Basic with base64")) {
            try BasicCredentials.parse(authorization: authorization)
        }
    }

    @Test(
        arguments: [
            [0x61, 0x3A, 0x00], [0x00, 0x3A, 0x61], [0x61, 0x3A, 0x0A], [0x61, 0x0D, 0x3A], [0x61, 0x3A, 0x1F],
            [0x61, 0x3A, 0x7F], [0x61, 0x3A, 0xFF], [0x61, 0x3A, 0xC3], [0x61, 0x3A, 0xC0, 0xAF],
            [0xED, 0xA0, 0x80, 0x3A], [0xFC, 0x3A, 0x61],
        ] as [[UInt8]]
    )
    func `control characters and what is not UTF-8 are malformed`(bytes: [UInt8]) {
        #expect(throws: OAuthError.invalidRequest("the Basic credentials are not UTF-8 without control characters")) {
            try BasicCredentials.parse(authorization: "Basic " + Base64.standard.encode(bytes))
        }
    }

    @Test(arguments: ["Basic", "Basic ", "Basic YQ==", "Basic YSUzQWI="])
    func `credentials without a colon are malformed`(authorization: String) {
        #expect(throws: OAuthError.invalidRequest("the Basic credentials have no colon")) {
            try BasicCredentials.parse(authorization: authorization)
        }
    }
}
