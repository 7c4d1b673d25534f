package import Glibc

/// The address of a unix socket: a path, or a name in the abstract namespace (`unix(7)`).
package struct UnixAddress {
    /// Bytes of the longest path, since a zero byte ends it.
    package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private let bytes: [UInt8]

    /// The address of a path; nil if it is too long or empty.
    package init?(path: String) {
        self.init(name: Array(path.utf8) + [0])
    }

    /// What `NOTIFY_SOCKET` says: a path, or after an `@` an abstract name (`sd_notify(3)`).
    package init?(notifySocket text: String) {
        if text.hasPrefix("/") {
            self.init(path: text)
        } else if text.hasPrefix("@") {
            self.init(name: [0] + Array(text.utf8.dropFirst()))
        } else {
            return nil
        }
    }

    private init?(name: [UInt8]) {
        guard name.count > 1, name.count <= Self.longestPath + 1 else { return nil }
        bytes = name
    }

    /// Hands the address to a call such as `bind(2)`.
    package func withPointer<Result>(_ use: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Sound: the initialiser has seen to it that the bytes fit.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        // Sound: a sockaddr_un is what the family says, and lives through the call.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use($0, size) }
        }
    }
}
