import Glibc
import SystemPackage

/// What a worker does with a connection's descriptor, which never blocks.
extension Descriptor {
    /// Sends all of the bytes (`send(2)`), as fast as the peer takes them.
    ///
    /// - Throws: `timedOut` at the deadline.
    func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(SystemCallFailure) {
        var sent = 0
        while sent < bytes.count {
            // Sound: send reads within the slice, whose size it is given.
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                guard try wait(for: number, events: POLLOUT, orStop: nil, until: deadline) == .ready else {
                    throw SystemCallFailure("send", .timedOut)
                }
            } else if errno != EINTR {
                throw .last("send")
            }
        }
    }

    /// Ends the sending side, and reads what still comes until the peer ends its own or the deadline.
    ///
    /// The kernel drops an answer that the peer has not read yet when a connection closes on unread input.
    func drain(until deadline: ContinuousClock.Instant) throws(SystemCallFailure) {
        shutdown(number, Int32(SHUT_WR))
        var waste = [UInt8](repeating: 0, count: 65536)
        while try wait(for: number, orStop: nil, until: deadline) == .ready {
            // Sound: recv writes within the array, whose size it is given.
            let count = unsafe waste.withUnsafeMutableBytes { unsafe recv(number, $0.baseAddress, $0.count, 0) }
            if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) || ContinuousClock.now >= deadline {
                return
            }
        }
    }
}
