import JOSE
import Testing

@testable import grantctl

@Suite struct KeySetFileTests {
    private static let x = #""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU""#
    private static let y = #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
    private static let key = #"{"kty":"EC","crv":"P-256",\#(x),\#(y),"kid":"a"}"#
    private static let secret = #""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#
    private static let exposed = "which may have been copied by now"

    private func reason(_ text: String) -> String {
        do {
            _ = try KeySetFile.set(in: Array(text.utf8))
            return ""
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [#"{"keys":[\#(key)]}"#, key, #"{"keys":[{"kty":"new"},\#(key)]}"#])
    func `A set is taken, and one key alone for a set of one`(text: String) throws {
        let set = try KeySetFile.set(in: Array(text.utf8))
        #expect(set.keys.map(\.keyID) == ["a"])
    }

    @Test func `Keys that are left out are named by their number and the reason`() throws {
        let set = try KeySetFile.set(in: Array(#"{"keys":[{"kty":"new"},\#(Self.key)]}"#.utf8))
        let note = "grantctl: standard input: key number 1 is of a kty other than EC, RSA and OKP; it was left out"
        #expect(KeySetFile.notes(on: set, from: "-") == [note])
    }

    @Test(arguments: [
        (#"{"keys":[{"kty":"EC","crv":"P-256",\#(x),\#(y),\#(secret)}]}"#, exposed),
        (#"{"kty":"EC","crv":"P-256",\#(x),\#(y),\#(secret)}"#, exposed),
        ("-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n", exposed),
        ("Bag Attributes\n-----BEGIN EC PRIVATE KEY-----\n", exposed),
        ("-----BEGIN PUBLIC KEY-----\nMFk\n-----END PUBLIC KEY-----\n", "is PEM: give the public keys as a JWK Set"),
        ("", "is not"), ("[]", "is not"), ("{}", "has no array of JSON objects by the name keys"),
        (#"{"keys":[]}"#, "has no key that can be used"),
        (#"{"keys":[{"kty":"new"}]}"#, "has no key that can be used: key number 1 is of a kty other than"),
        (#"{"keys":[],"keys":[]}"#, "has"), (#"{"keys":[{"kty":"oct","k":"AA"}]}"#, "is a shared secret"),
    ])
    func `What has no public keys is refused with the reason`(text: String, part: String) {
        #expect(reason(text).contains(part), "\(reason(text))")
        #expect(!reason(text).contains("jpsQ"))
    }
}
