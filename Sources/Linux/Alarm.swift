import CLinux
import Glibc

/// A descriptor that becomes readable at an instant (`timerfd_create(2)`), to the microsecond, which `epoll_wait(2)` is
/// not.
package struct Alarm: ~Copyable {
    package let descriptor: Descriptor
    /// When it goes off; nil while it is not set.
    private var instant: ContinuousClock.Instant?

    /// An alarm that is not set.
    package init() throws(SystemCallFailure) {
        let number = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        guard number >= 0 else { throw .last("timerfd_create") }
        descriptor = Descriptor(owning: number)
    }

    /// Arms the timer to go off no later than `deadline` (`timerfd_settime(2)`); it stays armed for an earlier time.
    package mutating func set(by deadline: ContinuousClock.Instant) throws(SystemCallFailure) {
        if let instant, instant <= deadline { return }
        // A time of zero would switch it off.
        let (seconds, attoseconds) = max(.nanoseconds(1), ContinuousClock.now.duration(to: deadline)).components
        var time = itimerspec()
        time.it_value = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        // Sound: the call reads one local structure.
        guard unsafe timerfd_settime(descriptor.number, 0, &time, nil) == 0 else { throw .last("timerfd_settime") }
        instant = deadline
    }

    /// Takes note that it went off; it is not set any more.
    package mutating func acknowledge() {
        var expirations: UInt64 = 0
        // Sound: the call fills one local integer, whose size it is given.
        _ = unsafe read(descriptor.number, &expirations, MemoryLayout<UInt64>.size)
        instant = nil
    }
}
