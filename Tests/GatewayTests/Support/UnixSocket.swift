import Glibc

/// Unix sockets by a path in the abstract namespace (`unix(7)`), which leaves no file behind.
enum UnixSocket {
    static func listening(at path: String) -> Int32 {
        let descriptor = new()
        unsafe withAddress(path) { unsafe bind(descriptor, $0, $1) }
        listen(descriptor, 64)
        return descriptor
    }

    static func connected(to path: String) -> Int32 {
        let descriptor = new()
        connect(descriptor, to: path)
        return descriptor
    }

    static func new() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    static func connect(_ descriptor: Int32, to path: String) {
        let result = unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) }
        precondition(result == 0, "connect: \(errno)")
    }

    @discardableResult
    private static func withAddress(_ path: String, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: "\0\(path)".utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use($0, size) }
        }
    }
}
