import Glibc

/// Waits until one of the descriptors can be read or has come to its end, or the time is over (`poll(2)`).
package func waitToRead(_ descriptors: [Int32], until deadline: ContinuousClock.Instant?) throws(SystemCallFailure) {
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let timeout = deadline.map { milliseconds(until: $0) } ?? -1
    // Sound: poll writes within the array, whose count it is given.
    let ready = unsafe polled.withUnsafeMutableBufferPointer {
        unsafe poll($0.baseAddress, nfds_t($0.count), timeout)
    }
    if ready < 0, errno != EINTR { throw .last("poll") }
}

/// The time left, rounded up, so that a wait does not end just before its deadline and go round again.
private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
    let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: max(0, milliseconds))
}
