import CLinux
import Glibc

/// The meta-variables of a request (RFC 3875 §4.1).
///
/// They are kept as they arrived, in one run of bytes; a value becomes a string when it is asked for.
package struct GatewayParameters: Sendable {
    private let storage: Storage

    /// Parameters in their order, which matters where a name comes twice.
    package init(_ pairs: some Sequence<(String, String)>) {
        storage = Storage()
        for (name, value) in pairs {
            storage.contents.bytes += name.utf8
            storage.contents.bytes.append(UInt8(ascii: "="))
            storage.contents.bytes += value.utf8
            storage.contents.note(nameLength: name.utf8.count, length: name.utf8.count + 1 + value.utf8.count)
        }
    }

    /// Copies `name=value` strings, as a process's environment and libfcgi hold them; one without a sign is left out.
    ///
    /// - Parameters:
    ///   - environment: strings that end with NUL, a null pointer after the last (`environ(7)`). They are read now and not
    ///     kept.
    ///   - room: storage to reuse. It is replaced if earlier parameters still use it.
    init(
        copying environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        in room: inout Storage
    ) {
        if !isKnownUniquelyReferenced(&room) { room = Storage() }
        unsafe room.contents.replace(by: environment)
        storage = room
    }

    /// The parameters of this process's environment, as a CGI program gets them.
    package static var environment: GatewayParameters {
        var room = Storage()
        return unsafe GatewayParameters(copying: linux_environment(), in: &room)
    }

    /// The value of a parameter; nil if it is absent and if it is not valid UTF-8.
    ///
    /// The first of a name counts. The site's own parameters come before the client's headers, called `HTTP_…`.
    package subscript(name: String) -> String? {
        storage.contents.text(of: name.utf8.span, among: [])
    }

    /// The value; if it is one of the common ones, it is not copied.
    package func value(of name: String, among common: [String]) -> String? {
        storage.contents.text(of: name.utf8.span, among: common)
    }

    /// The value as it arrived, to tell an absent value from one that is not UTF-8.
    package func bytes(of name: String) -> ArraySlice<UInt8>? {
        let contents = storage.contents
        return contents.range(of: name.utf8.span).map { contents.bytes[$0] }
    }

    /// Whether a parameter has a value and a name that begins with one of these.
    package func hasValue(ofNameBeginning prefixes: [[UInt8]]) -> Bool {
        storage.contents.hasValue(ofNameBeginning: prefixes)
    }

    /// Storage that is reused from request to request.
    final class Storage: @unchecked Sendable {
        // Sound without a lock: only the initializers above change it, before the parameters exist.
        var contents = Contents()
    }

    /// The bytes of all parameters, and where each lies in them.
    struct Contents {
        var bytes: [UInt8] = []
        private var entries: [Entry] = []

        /// Room for usual requests.
        init() {
            bytes.reserveCapacity(2048)
            entries.reserveCapacity(40)
        }

        /// Takes note of a parameter at the end of the bytes.
        mutating func note(nameLength: Int, length: Int) {
            entries.append(Entry(end: bytes.count, nameLength: nameLength, length: length))
        }

        /// Copies `name=value` strings in the place of what there is.
        mutating func replace(by environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
            bytes.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
            var next = unsafe environment
            while let string = unsafe next.pointee {
                let length = unsafe strlen(string)
                if let sign = unsafe memchr(string, Int32(UInt8(ascii: "=")), length) {
                    let nameLength = unsafe UnsafeRawPointer(string).distance(to: sign)
                    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: string, count: length))
                    note(nameLength: nameLength, length: length)
                }
                unsafe next += 1
            }
        }

        /// The range of a parameter's value, or nil if no parameter has this name.
        func range(of name: Span<UInt8>) -> Range<Int>? {
            let entries = entries.span
            let bytes = bytes.span
            for index in entries.indices where entries[index].nameLength == name.count {
                let (start, end) = (entries[index].end - entries[index].length, entries[index].end)
                let nameEnd = start + name.count
                if bytes.extracting(start..<nameEnd).isEqual(to: name) { return nameEnd + 1..<end }
            }
            return nil
        }

        /// The value of a parameter; nil if it is absent or not valid UTF-8. A common one is not copied.
        func text(of name: Span<UInt8>, among common: [String]) -> String? {
            guard let range = range(of: name) else { return nil }
            let value = bytes.span.extracting(range)
            for text in common where value.isEqual(to: text.utf8.span) { return text }
            guard let text = try? UTF8Span(validating: value) else { return nil }
            return String(copying: text)
        }

        /// Whether a parameter has a value and a name that begins with one of these.
        func hasValue(ofNameBeginning prefixes: [[UInt8]]) -> Bool {
            let entries = entries.span
            let bytes = bytes.span
            for index in entries.indices where entries[index].length > entries[index].nameLength + 1 {
                let start = entries[index].end - entries[index].length
                for prefix in prefixes where prefix.count <= entries[index].nameLength {
                    // From the end: the names of headers all begin alike.
                    var rest = prefix.count
                    while rest > 0, bytes[start + rest - 1] == prefix[rest - 1] { rest -= 1 }
                    if rest == 0 { return true }
                }
            }
            return false
        }
    }

    /// Where `name=value` lies in the bytes.
    private struct Entry {
        let end: Int
        let nameLength: Int
        let length: Int
    }
}

extension Span<UInt8> {
    /// Whether the bytes are the same.
    fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}

extension GatewayParameters: ExpressibleByDictionaryLiteral {
    /// Parameters in the order of the literal.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
