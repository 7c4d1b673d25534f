import Glibc

/// The time of day.
enum WallClock {
    /// Seconds since 1970 (`clock_gettime(2)`).
    static var now: Int64 {
        var now = timespec()
        // Sound: the call fills a local value.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }
}
