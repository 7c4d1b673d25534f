import Glibc

/// Whether a descriptor has something to read, or its end, within a time (`poll(2)`).
func isReadable(_ descriptor: Int32, within limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while case let rest = ContinuousClock.now.duration(to: deadline), rest > .zero {
        // Sound: poll writes into the one local structure.
        if unsafe poll(&polled, 1, Int32(rest / .milliseconds(1)) + 1) > 0 { return true }
    }
    return false
}

/// Whether a condition becomes true within three seconds.
func waits(for condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(3)
    while !condition() {
        if ContinuousClock.now > deadline { return false }
        usleep(1000)
    }
    return true
}
