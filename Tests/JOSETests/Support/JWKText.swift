import Encoding
import JOSE

/// A JWK as text, made of the public half of a test key with members changed; one whose new value is empty is left out.
func jwk(_ algorithm: Algorithm, _ changes: [String: String] = [:]) throws -> String {
    let text = try TestKeys.key(algorithm).publicKey.parameters.requiredMembers.text
    guard case .object(let members) = try JSONDocument(Array(text.utf8)) else { return text }
    var values = members.compactMapValues { if case .string(let value) = $0 { JSONObject.quoted(value) } else { nil } }
    for (name, value) in changes { values[name] = value.isEmpty ? nil : value }
    return "{" + values.map { "\(JSONObject.quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}"
}

/// A JWK Set as text, of JWKs that are text.
func set(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

/// A JWK as the key that it is.
func publicKey(_ jwk: String) throws -> PublicKey { try PublicKey(jwk: JSONDocument(Array(jwk.utf8))) }

/// A set that is read from its text.
func keySet(_ keys: String...) throws -> JWKSet {
    try JWKSet(Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
}
