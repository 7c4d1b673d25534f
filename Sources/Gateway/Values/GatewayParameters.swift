import CFastCGI
import Glibc

/// The meta-variables of a request (RFC 3875 §4.1).
///
/// They are kept as they arrived, in one run of bytes; a value becomes a string when it is asked for.
package struct GatewayParameters: Sendable {
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Parameters in their order, which matters where a name comes twice.
    package init(_ pairs: some Sequence<(String, String)>) {
        for (name, value) in pairs {
            bytes += name.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += value.utf8
            entries.append(
                Entry(end: bytes.count, nameLength: name.utf8.count, length: name.utf8.count + 1 + value.utf8.count)
            )
        }
    }

    /// Copies `name=value` strings, as a process's environment and libfcgi hold them; one without a sign is left out.
    ///
    /// - Parameter environment: strings that end with NUL, a null pointer after the last (`environ(7)`). They are read
    ///   now and not kept.
    init(copying environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
        bytes.reserveCapacity(2048)
        entries.reserveCapacity(40)
        var next = unsafe environment
        while let string = unsafe next.pointee {
            let length = unsafe strlen(string)
            if let sign = unsafe memchr(string, Int32(UInt8(ascii: "=")), length) {
                let nameLength = unsafe UnsafeRawPointer(string).distance(to: sign)
                unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: string, count: length))
                entries.append(Entry(end: bytes.count, nameLength: nameLength, length: length))
            }
            unsafe next += 1
        }
    }

    /// The parameters of this process's environment, as a CGI program gets them.
    package static var environment: GatewayParameters {
        unsafe GatewayParameters(copying: fastcgi_environment())
    }

    /// The value of a parameter; nil where it is absent and where it is not valid UTF-8.
    ///
    /// The first of a name counts. The site's own parameters come before the client's headers, called `HTTP_…`.
    package subscript(name: String) -> String? {
        guard let value = bytes(of: name), let text = try? UTF8Span(validating: value.span) else { return nil }
        return String(copying: text)
    }

    /// The value as it arrived, for where absent and not valid are not the same.
    package func bytes(of name: String) -> ArraySlice<UInt8>? {
        let name = name.utf8.span
        for entry in entries where entry.nameLength == name.count {
            let start = entry.end - entry.length
            if has(name, at: start) { return bytes[start + name.count + 1..<entry.end] }
        }
        return nil
    }

    private func has(_ name: Span<UInt8>, at start: Int) -> Bool {
        for offset in 0..<name.count where bytes[start + offset] != name[offset] { return false }
        return true
    }

    /// Where `name=value` lies in the bytes.
    private struct Entry {
        let end: Int
        let nameLength: Int
        let length: Int
    }
}

extension GatewayParameters: ExpressibleByDictionaryLiteral {
    /// Parameters in the order of the literal.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
