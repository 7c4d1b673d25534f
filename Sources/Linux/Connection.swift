import Glibc
import SystemPackage

/// What a worker does with a connection's descriptor, which never blocks.
extension Descriptor {
    /// Sends as much of the bytes as the connection takes now (`send(2)`), and says how much.
    package func send(_ bytes: ArraySlice<UInt8>) throws(SystemCallFailure) -> Int {
        while true {
            // Sound: send reads within the slice, whose size it is given.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw .last("send") }
        }
    }

    /// Ends the sending side (`shutdown(2)`).
    package func endSending() {
        shutdown(number, Int32(SHUT_WR))
    }

    /// Reads what is there and forgets it (`recv(2)`).
    ///
    /// - Returns: whether more may come.
    package func discard() -> Bool {
        var waste = [UInt8](repeating: 0, count: 65536)
        // Sound: recv writes within the array, whose size it is given.
        let count = unsafe waste.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }
}
