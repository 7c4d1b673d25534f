import CLinux
import Glibc

/// Tells which of many descriptors are ready (`epoll(7)`, level-triggered).
///
/// A descriptor that closes leaves the queue by itself.
@safe package struct EventQueue: ~Copyable {
    private let descriptor: Descriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private var count = 0

    /// How many events one wait returns; the next one returns the others.
    private static let capacity = 64

    /// An empty queue (`epoll_create1(2)`).
    package init() throws(SystemCallFailure) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .last("epoll_create1") }
        unsafe events = .allocate(capacity: Self.capacity)
        descriptor = Descriptor(owning: number)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Watches a descriptor (`epoll_ctl(2)`).
    ///
    /// - Parameter generation: what its events carry. A number is given again when its descriptor has closed, and an event
    ///   of the one before may still be among those of the last wait.
    package func add(_ number: Int32, for interest: Interest, generation: UInt32 = 0) throws(SystemCallFailure) {
        try control(EPOLL_CTL_ADD, number, interest, generation)
    }

    /// Watches a descriptor that is in the queue for something else.
    package func change(_ number: Int32, to interest: Interest, generation: UInt32 = 0) throws(SystemCallFailure) {
        try control(EPOLL_CTL_MOD, number, interest, generation)
    }

    /// Watches a descriptor no longer.
    package func remove(_ number: Int32) throws(SystemCallFailure) {
        try control(EPOLL_CTL_DEL, number, [], 0)
    }

    /// Its own descriptor, which is readable while one of those that it watches is ready.
    package var number: Int32 { descriptor.number }

    /// Waits without a limit until descriptors are ready (`epoll_wait(2)`).
    package mutating func wait() throws(SystemCallFailure) {
        try wait(milliseconds: -1)
    }

    /// Looks which descriptors are ready, and does not wait.
    package mutating func look() throws(SystemCallFailure) {
        try wait(milliseconds: 0)
    }

    private mutating func wait(milliseconds: Int32) throws(SystemCallFailure) {
        repeat {
            // Sound: the call fills at most as many events as were allocated.
            count = Int(unsafe epoll_wait(descriptor.number, events, Int32(Self.capacity), milliseconds))
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw .last("epoll_wait") }
    }

    /// The descriptors that the last wait found ready, or broken, which their next use tells.
    package var ready: Range<Int> { 0..<count }

    /// A descriptor that is ready.
    package struct Event {
        package let number: Int32
        package let generation: UInt32

        package init(number: Int32, generation: UInt32) {
            self.number = number
            self.generation = generation
        }
    }

    /// One of them.
    package subscript(index: Int) -> Event {
        precondition(ready.contains(index))
        // Sound: within what the last wait has filled, with the numbers that `control` put there.
        let data = unsafe events[index].data.u64
        return Event(number: Int32(truncatingIfNeeded: data), generation: UInt32(data >> 32))
    }

    private func control(
        _ operation: Int32,
        _ number: Int32,
        _ interest: Interest,
        _ generation: UInt32
    ) throws(SystemCallFailure) {
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: number))
        // Sound: the call reads one local structure.
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: data))
        guard unsafe epoll_ctl(descriptor.number, operation, number, &event) == 0 else { throw .last("epoll_ctl") }
    }

    /// What a descriptor is watched for; that its peer is gone is told in any case.
    package struct Interest: OptionSet, Equatable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let readable = Interest(rawValue: EPOLLIN.rawValue)
        package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
        /// Of several processes that watch the same socket not all are woken (`EPOLLEXCLUSIVE`).
        package static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    }
}
