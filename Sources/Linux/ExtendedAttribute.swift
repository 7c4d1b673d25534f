import CLinux

/// Extended attributes of files (`xattr(7)`).
package enum ExtendedAttribute {
    /// The value of a file's attribute, without the zero byte at its end; nil if it has none, or if it may not be read.
    package static func value(of name: String, at path: String) -> String? {
        var text = [CChar](repeating: 0, count: 1024)
        // Sound: the call writes within the array, whose size it is given.
        let count = unsafe linux_attribute(path, name, &text, text.count)
        guard count > 0 else { return nil }
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)).prefix { $0 != 0 }, as: UTF8.self)
    }
}
