import Encoding

/// The bytes that a base64url text stands for; nil at padding, white space, or bits left over that are not zero
/// (RFC 7515 §2).
func base64URLBytes(_ text: String) -> [UInt8]? { Base64.url.decode(text.utf8.span) }
