import CLinux
import Glibc
import Synchronization
import SystemPackage

/// A thread that does one piece of work at a time, at a lower priority than its process, and ends with its owner.
///
/// It shares nothing with the rest but the work that it is given, and is asleep without.
package struct BackgroundThread: ~Copyable {
    private let mailbox: Mailbox
    private let thread: pthread_t

    /// How much nicer it is than the rest of the process (`nice(2)`), if the system lets it.
    private static let niceness: Int32 = 10

    /// Starts it (`pthread_create(3)`). By the time that this returns it has made the calls that threads begin with, so
    /// that they may be forbidden from now on.
    package init() throws(SystemCallFailure) {
        let mailbox = try Mailbox()
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        // Sound: these calls fill or read local sets. Signals are the other threads'.
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        // Sound: the mailbox is retained here, and released by the one thread that gets it.
        let argument = unsafe Unmanaged.passRetained(mailbox)
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let mailbox = unsafe Unmanaged<Mailbox>.fromOpaque(argument).takeRetainedValue()
                _ = nice(BackgroundThread.niceness)
                mailbox.done.signal()
                while let work = mailbox.next() {
                    work()
                    mailbox.done.signal()
                }
                return nil
            },
            argument.toOpaque()
        )
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            unsafe argument.release()
            throw SystemCallFailure("pthread_create", Errno(rawValue: code))
        }
        mailbox.done.wait()
        self.mailbox = mailbox
        self.thread = thread
    }

    deinit {
        mailbox.post(nil)
        pthread_join(thread, nil)
    }

    /// Becomes readable when the work is done.
    package var descriptor: Int32 { mailbox.done.descriptor.number }

    /// Begins a piece of work, the one before having been acknowledged.
    package func begin(_ work: @escaping @Sendable () -> Void) {
        mailbox.post(work)
    }

    /// Takes note that the work is done; waits if it is not.
    package func acknowledge() {
        mailbox.done.wait()
    }
}

/// How work gets to the thread, and word of it back.
private final class Mailbox: Sendable {
    /// The work to be done; nil is the end.
    private let work = Mutex<(@Sendable () -> Void)?>(nil)
    private let posted: Signal
    let done: Signal

    init() throws(SystemCallFailure) {
        posted = try Signal()
        done = try Signal()
    }

    func post(_ work: (@Sendable () -> Void)?) {
        self.work.withLock { $0 = work }
        posted.signal()
    }

    /// Waits for work, and keeps nothing of it.
    func next() -> (@Sendable () -> Void)? {
        posted.wait()
        return work.withLock { exchange(&$0, with: nil) }
    }
}

/// Wakes one thread at the word of another (`eventfd(2)`).
private final class Signal: Sendable {
    let descriptor: Descriptor

    init() throws(SystemCallFailure) {
        let number = eventfd(0, Int32(EFD_CLOEXEC))
        guard number >= 0 else { throw .last("eventfd") }
        descriptor = Descriptor(owning: number)
    }

    func signal() {
        var one: UInt64 = 1
        // Sound: the call reads one local integer, whose size it is given.
        _ = unsafe write(descriptor.number, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until it is signalled, and resets it.
    func wait() {
        var count: UInt64 = 0
        // Sound: the call fills one local integer, whose size it is given.
        while unsafe read(descriptor.number, &count, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }
}
