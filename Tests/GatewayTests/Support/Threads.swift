import Glibc

/// Runs blocking work beside the tests (`pthread_create(3)`), which share their few threads.
enum Threads {
    static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t {
        var thread = pthread_t()
        // Sound: the box is retained here and released by the one thread that gets it.
        let box = unsafe Unmanaged.passRetained(Box(work))
        _ = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
                }
                return nil
            },
            box.toOpaque()
        )
        return thread
    }

    /// Lets signals through to this thread and those it starts; a test runner may have left some blocked.
    static func unblockSignals() {
        var none = sigset_t()
        // Sound: both calls use one local set.
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
