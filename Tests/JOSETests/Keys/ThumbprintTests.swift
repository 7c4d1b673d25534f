import Encoding
import JOSE
import Testing

/// RFC 7638 §3.
struct ThumbprintTests {
    /// RFC 8037 A.3.
    @Test func `a key of Ed25519 has the thumbprint of RFC 8037`() throws {
        let key = try publicKey(#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
        #expect(key.parameters.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(
            key.parameters.requiredMembers.text
                == #"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        )
    }

    @Test(arguments: Algorithm.allCases)
    func `nothing but the required members counts`(algorithm: Algorithm) throws {
        let bare = try publicKey(jwk(algorithm)).parameters
        let changes = ["kid": #""x""#, "use": #""sig""#, "alg": "\"\(algorithm.rawValue)\"", "x5c": "[]"]
        #expect(try publicKey(jwk(algorithm, changes)).parameters.thumbprint == bare.thumbprint)
        #expect(bare.thumbprint.utf8.count == 43)
    }

    @Test(arguments: [
        (Algorithm.es256, ["crv", "kty", "x", "y"]), (.es384, ["crv", "kty", "x", "y"]), (.rs256, ["e", "kty", "n"]),
        (.edDSA, ["crv", "kty", "x"]),
    ])
    func `the members stand in lexicographic order, without white space`(algorithm: Algorithm, names: [String]) throws {
        let text = try publicKey(jwk(algorithm)).parameters.requiredMembers.text
        let places = names.compactMap { text.firstRange(of: "\"\($0)\":\"")?.lowerBound }
        #expect(places.count == names.count && places == places.sorted())
        #expect(!text.contains(" ") && text.split(separator: ",").count == names.count)
    }
}
