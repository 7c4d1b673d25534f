import CLinux
import Glibc

/// Sleeps until an instant, whatever signals come (`nanosleep(2)`).
package func sleep(until instant: ContinuousClock.Instant) {
    while case let rest = ContinuousClock.now.duration(to: instant), rest > .zero {
        let (seconds, attoseconds) = rest.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        // Sound: the call reads one local value.
        unsafe nanosleep(&time, nil)
    }
}
