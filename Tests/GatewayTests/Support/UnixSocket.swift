import Glibc

/// Unix sockets by their path (`unix(7)`).
enum UnixSocket {
    static func listening(at path: String) -> Int32 {
        unsafe open(path) { descriptor, address, size in
            unsafe bind(descriptor, address, size)
            listen(descriptor, 64)
        }
    }

    static func connected(to path: String) -> Int32 {
        unsafe open(path) { descriptor, address, size in
            let result = unsafe connect(descriptor, address, size)
            precondition(result == 0, "connect: \(errno)")
        }
    }

    private static func open(_ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Void) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use(descriptor, $0, size) }
        }
        return descriptor
    }
}
