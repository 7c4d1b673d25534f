import CLinux

/// How this process shares a core with the web server that wakes it.
package enum ProcessScheduling {
    /// Lets the running program go on when a request wakes this thread, or one that it starts later, until that one has to wait or
    /// has had its share (`sched(7)`, `SCHED_BATCH`). It does not if the process was given a policy by the program that started
    /// it, nor if the system refuses.
    ///
    /// Otherwise a web server on the same core is stopped in the middle of its work for each request that it hands on. So
    /// it hands on all that it has, and the worker answers it in one go.
    package static func answerInBatches() {
        _ = linux_schedule_in_batches()
    }
}
