/// The form of an issuer (RFC 8414 §2): a URL that is compared as it is written, so only one spelling passes.
///
/// A slash at the end is refused rather than cut off: what the operator wrote is what clients compare with (§3.3).
enum IssuerURL {
    static let expectation = """
        an https URL without query, fragment and final slash, such as https://example.com/oauth2 \
        (http for localhost, 127.0.0.0/8 and [::1] only)
        """

    /// Whether the text is such a URL.
    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= 1024 else { return false }
        if text.hasPrefix("https://") {
            return hasHostAndPath(text.dropFirst("https://".count), loopbackOnly: false)
        }
        return text.hasPrefix("http://") && hasHostAndPath(text.dropFirst("http://".count), loopbackOnly: true)
    }

    private static func hasHostAndPath(_ rest: Substring, loopbackOnly: Bool) -> Bool {
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard let host = splitPort(parts[0]), isHost(host), !loopbackOnly || isLoopback(host) else { return false }
        return parts.dropFirst().allSatisfy(isSegment)
    }

    /// The host of `host[:port]`; nil if the port is not 1 to 65535.
    private static func splitPort(_ authority: Substring) -> Substring? {
        guard let colon = authority.lastIndex(of: ":"), authority[colon...].last != "]" else { return authority }
        let port = authority[authority.index(after: colon)...]
        let isPort = port.utf8.allSatisfy(isDigit) && port.first != "0" && UInt16(port) != nil
        return isPort ? authority[..<colon] : nil
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            let address = host.dropFirst().dropLast()
            return host.hasSuffix("]") && address.contains(":")
                && address.utf8.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    /// RFC 3986 §3.3 `segment-nz`, and none that a client would resolve away.
    private static func isSegment(_ segment: Substring) -> Bool {
        guard !segment.isEmpty, segment != ".", segment != ".." else { return false }
        var bytes = segment.utf8
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = bytes.popFirst(), let low = bytes.popFirst(), isHexDigit(high), isHexDigit(low) else {
                    return false
                }
            } else if !isLetter(byte), !isDigit(byte), !"-._~!$&'()*+,;=:@".utf8.contains(byte) {
                return false
            }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}
