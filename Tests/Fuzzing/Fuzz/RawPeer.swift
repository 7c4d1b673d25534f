import Glibc

/// A peer that sends what it likes. libFuzzer's clock interrupts its calls, which then are made again.
struct RawPeer: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        // Far above what an answer takes: past it the worker hangs.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        // Sound: the calls read one local structure each.
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = descriptor
        let code = uninterrupted { unsafe withSocketAddress(path) { unsafe connect(descriptor, $0, $1) } }
        guard code == 0 else { fatalError("connect: \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of the bytes; false if the worker has closed.
    func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            // Sound: send reads within the slice, whose size it is given.
            let count = unsafe rest.withUnsafeBytes { bytes in
                uninterrupted { unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Ends the sending side alone.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// All that comes until the worker closes, which it does.
    func receiveAll() -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            // Sound: recv writes within the array, whose size it is given.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                uninterrupted { unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0) }
            }
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { fatalError("the worker keeps a peer waiting") }
            if count <= 0 { return received }
            received += buffer[..<count]
        }
    }
}

private func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
