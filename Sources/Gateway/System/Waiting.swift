import CFastCGI
import Glibc

/// Why a wait came to its end.
enum Waited {
    /// The descriptor is ready, or broken, which its next use tells.
    case ready
    /// The worker is to stop.
    case stop
    /// The time is over.
    case timeout
}

/// Waits until a descriptor is ready, the other one says stop, or the time is over (`poll(2)`).
///
/// - Parameters:
///   - descriptor: what is waited for, or nil to wait for the stop alone.
///   - events: `POLLIN` or `POLLOUT`.
///   - stop: becomes readable when the worker is to stop; nil when it has been told already.
func wait(
    for descriptor: Int32?,
    events: Int32 = POLLIN,
    orStop stop: Int32?,
    until deadline: ContinuousClock.Instant?
) throws(SystemCallFailure) -> Waited {
    // poll(2) passes over negative descriptors.
    var polled: [2 of pollfd] = [
        pollfd(fd: stop ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor ?? -1, events: Int16(events), revents: 0),
    ]
    while true {
        let timeout = deadline.map { milliseconds(until: $0) } ?? -1
        var span = polled.mutableSpan
        // Sound: poll writes into the two elements, whose count it is given.
        let ready = unsafe span.withUnsafeMutableBufferPointer {
            unsafe poll($0.baseAddress, nfds_t($0.count), timeout)
        }
        if polled[0].revents != 0 { return .stop }
        if polled[1].revents != 0 { return .ready }
        if ready == 0 { return .timeout }
        if ready < 0, errno != EINTR { throw .last("poll") }
    }
}

/// Sleeps until an instant, whatever signals come (`nanosleep(2)`).
func sleep(until instant: ContinuousClock.Instant) {
    while case let rest = ContinuousClock.now.duration(to: instant), rest > .zero {
        let (seconds, attoseconds) = rest.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        // Sound: the call reads one local value.
        unsafe nanosleep(&time, nil)
    }
}

/// The time left, rounded up, so that a wait does not end just before its deadline and go round again.
private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
    let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: max(0, milliseconds))
}
