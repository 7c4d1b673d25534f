import Encoding

/// The header of a JWS as its text begins with it: encoded, so that tokens of one key and kind share it.
package struct JWSHeaderPart: Sendable {
    /// The header's bytes in base64url, and the dot behind them.
    let text: String
}

extension PrivateKey {
    /// The header of what this key signs: `alg`, `kid`, and `typ` if one is given (RFC 7515 §4.1).
    package func header(type: String? = nil) -> JWSHeaderPart {
        var header = JSONObject()
        header.add(JWSHeader.Member.alg.rawValue, algorithm.rawValue)
        if let keyID = publicKey.keyID { header.add(JWSHeader.Member.kid.rawValue, keyID) }
        if let type { header.add(JWSHeader.Member.typ.rawValue, type) }
        return JWSHeaderPart(text: "\(Base64.url.encode(Array(header.text.utf8))).")
    }

    /// A JWS over a payload, in the compact serialization (RFC 7515 §7.1).
    ///
    /// - Parameter header: one that this key made.
    package func sign(_ payload: [UInt8], under header: JWSHeaderPart) throws(Fault) -> String {
        var token = header.text
        token += Base64.url.encode(payload)
        let signature = try signature(over: Array(token.utf8))
        token += "."
        token += Base64.url.encode(signature)
        return token
    }

    /// A JWS over a payload, with a header of its own.
    package func sign(_ payload: [UInt8], type: String? = nil) throws(Fault) -> String {
        try sign(payload, under: header(type: type))
    }
}
