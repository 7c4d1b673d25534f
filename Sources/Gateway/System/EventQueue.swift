import CFastCGI
import Glibc

/// Tells which of many descriptors are ready (`epoll(7)`, level-triggered).
///
/// A descriptor that closes leaves the queue by itself.
@safe struct EventQueue: ~Copyable {
    private let descriptor: Descriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private var count = 0

    /// How many events one wait returns; the next one returns the others.
    private static let capacity = 64

    /// An empty queue (`epoll_create1(2)`).
    init() throws(SystemCallFailure) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .last("epoll_create1") }
        unsafe events = .allocate(capacity: Self.capacity)
        descriptor = Descriptor(owning: number)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Watches a descriptor (`epoll_ctl(2)`).
    func add(_ number: Int32, for interest: Interest) throws(SystemCallFailure) {
        try control(EPOLL_CTL_ADD, number, interest)
    }

    /// Watches a descriptor that is in the queue for something else.
    func change(_ number: Int32, to interest: Interest) throws(SystemCallFailure) {
        try control(EPOLL_CTL_MOD, number, interest)
    }

    /// Watches a descriptor no longer.
    func remove(_ number: Int32) throws(SystemCallFailure) {
        try control(EPOLL_CTL_DEL, number, [])
    }

    /// Waits without a limit until descriptors are ready (`epoll_wait(2)`).
    mutating func wait() throws(SystemCallFailure) {
        repeat {
            // Sound: the call fills at most as many events as were allocated.
            count = Int(unsafe epoll_wait(descriptor.number, events, Int32(Self.capacity), -1))
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw .last("epoll_wait") }
    }

    /// The descriptors that the last wait found ready, or broken, which their next use tells.
    var ready: Range<Int> { 0..<count }

    /// One of them.
    subscript(index: Int) -> Int32 {
        precondition(ready.contains(index))
        // Sound: within what the last wait has filled, with the numbers that `control` put there.
        return unsafe events[index].data.fd
    }

    private func control(_ operation: Int32, _ number: Int32, _ interest: Interest) throws(SystemCallFailure) {
        // Sound: the call reads one local structure.
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(fd: number))
        guard unsafe epoll_ctl(descriptor.number, operation, number, &event) == 0 else { throw .last("epoll_ctl") }
    }

    /// What a descriptor is watched for; that its peer is gone is told in any case.
    struct Interest: OptionSet {
        let rawValue: UInt32

        static let readable = Interest(rawValue: EPOLLIN.rawValue)
        static let writable = Interest(rawValue: EPOLLOUT.rawValue)
        /// Of several processes that watch the same socket not all are woken (`EPOLLEXCLUSIVE`).
        static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    }
}
