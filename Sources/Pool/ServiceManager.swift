import Glibc
import Linux

/// The service manager that started this process, if it wants to hear how it goes (`sd_notify(3)`).
package struct ServiceManager {
    private let address: UnixAddress?
    private let watchdogInterval: Duration?
    private var nextSignOfLife: ContinuousClock.Instant?

    /// Finds it by `NOTIFY_SOCKET`, and how often it expects a sign of life by `WATCHDOG_USEC`.
    package init(environment: [String: String], process: Int32 = getpid()) {
        address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init(notifySocket:))
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        // Twice as often as it wants.
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap {
            isForUs && $0 > 0 ? .microseconds($0) / 2 : nil
        }
    }

    /// When the next sign of life is due; nil if none is expected.
    package var wakeUp: ContinuousClock.Instant? { nextSignOfLife }

    /// All workers serve, for the first time or again.
    package func ready() { tell("READY=1") }

    /// The workers are being replaced.
    package func reloading() {
        var now = timespec()
        // Sound: the call fills a local value.
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        tell("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The pool ends.
    package func stopping() { tell("STOPPING=1") }

    /// A line for people.
    package func status(_ line: String) {
        tell("STATUS=" + line.replacing("\n", with: " "))
    }

    /// Gives a sign of life if one is due.
    package mutating func live(at now: ContinuousClock.Instant) {
        guard address != nil, let watchdogInterval, nextSignOfLife.map({ $0 <= now }) ?? true else { return }
        tell("WATCHDOG=1")
        nextSignOfLife = now + watchdogInterval
    }

    /// A message that does not arrive changes nothing here.
    private func tell(_ text: String) {
        guard let address else { return }
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        let socket = Descriptor(owning: number)
        // A manager that is busy gets its time, but does not hold the pool for good.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        // Sound: the calls read a local value, and the text and the address for as long as they live.
        unsafe setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        let bytes = Array(text.utf8)
        _ = unsafe address.withPointer { unsafe sendto(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
    }
}
