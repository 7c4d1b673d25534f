import CLinux
import Glibc

/// A system call that a process which answers requests still makes.
struct AllowedCall {
    /// Its name in the kernel, which is not always the C function's.
    let name: String
    /// What its arguments have to be; all of it.
    let conditions: [Condition]

    /// What an argument has to be, by its place.
    enum Condition {
        case isEqual(UInt32, UInt64)
        case lacks(UInt32, bits: UInt64)
    }

    private init(_ name: String, _ conditions: Condition...) {
        self.name = name
        self.conditions = conditions
    }

    /// All of them. The kernel keeps in mind which have no conditions, and asks the filter about the others alone.
    static let all: [AllowedCall] = connections + files + memory + process

    /// What it takes to connect to an engine, and to wait for it without an event loop.
    static func making(_ connections: Confinement.Connections) -> [AllowedCall] {
        let families: [Int32] =
            switch connections {
            case .none: []
            case .unixSockets: [AF_UNIX]
            case .network: [AF_UNIX, AF_INET, AF_INET6]
            }
        guard !families.isEmpty else { return [] }
        return families.map { AllowedCall("socket", .isEqual(0, UInt64($0))) }
            + named("connect", "getsockopt", "poll", "setsockopt")
    }

    private static let connections: [AllowedCall] =
        named("accept4", "epoll_ctl", "epoll_pwait", "epoll_wait", "recvfrom", "shutdown", "timerfd_settime")
        // send(2): to a connection's own peer, and no address.
        + [AllowedCall("sendto", .isEqual(4, 0))]

    private static let files: [AllowedCall] =
        named("close", "fdatasync", "flock", "fstat", "fsync", "ftruncate", "getdents64", "lseek", "memfd_create")
        + named(
            "mkdirat",
            "newfstatat",
            "openat",
            "pread64",
            "pwrite64",
            "read",
            "renameat",
            "statx",
            "unlinkat",
            "write",
            "writev"
        )
        + [F_GETFD, F_SETFD, F_GETFL, F_SETFL, Int32(linux_get_file_lock), Int32(linux_set_file_lock)].map {
            AllowedCall("fcntl", .isEqual(1, UInt64($0)))
        }

    /// Nothing is made executable.
    private static let memory: [AllowedCall] =
        named("brk", "madvise", "mremap", "munmap")
        + ["mmap", "mprotect"].map { AllowedCall($0, .lacks(2, bits: UInt64(PROT_EXEC))) }

    /// Clocks, randomness, locks, and the way out; signals to itself alone (`abort(3)`).
    private static let process: [AllowedCall] =
        named("clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "geteuid", "getpid", "getrandom")
        + named("gettid", "gettimeofday", "nanosleep", "restart_syscall", "rt_sigaction", "rt_sigprocmask")
        + named("rt_sigreturn", "sched_yield", "time")
        + [AllowedCall("tgkill", .isEqual(0, UInt64(getpid())))]

    private static func named(_ names: String...) -> [AllowedCall] {
        names.map { AllowedCall($0) }
    }
}
