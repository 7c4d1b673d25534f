import CSeccomp
import Glibc
import SystemPackage

/// A filter of system calls: one that no rule allows fails with `EPERM`, and leaves a line in the kernel's log where
/// that keeps one (`seccomp(2)`, through libseccomp).
@safe struct SystemCallFilter: ~Copyable {
    private let context: scmp_filter_ctx

    /// Which threads of the process it is for.
    enum Threads: UInt32 {
        /// The calling one, and those that it starts.
        case calling = 0
        /// Those that there are as well.
        case all = 1
    }

    /// A filter that allows nothing.
    init(for threads: Threads) throws(Errno) {
        guard let context = unsafe seccomp_init(confine_failing_with(EPERM)) else { throw .noMemory }
        guard unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, threads.rawValue) == 0 else {
            unsafe seccomp_release(context)
            throw .notSupported
        }
        unsafe self.context = unsafe context
        // Older kernels cannot log; the filter is as good without.
        _ = unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_LOG, 1)
        // A balanced tree of comparisons, where libseccomp can make one.
        _ = unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
    }

    deinit {
        unsafe seccomp_release(context)
    }

    /// Allows a call. One that this machine's architecture has not got needs no rule.
    func allow(_ call: AllowedCall) throws(Errno) {
        // Sound: a string of the program's own, for the time of the call.
        let number = unsafe seccomp_syscall_resolve_name(call.name)
        guard number != __NR_SCMP_ERROR else { throw .noFunction }
        let conditions = call.conditions.map(\.comparison)
        // Sound: reads within the array, whose count it is given.
        let result = unsafe seccomp_rule_add_array(
            context,
            SCMP_ACT_ALLOW,
            number,
            UInt32(conditions.count),
            conditions
        )
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Puts it in force for the threads that it is for, for good.
    consuming func load() throws(Errno) {
        let result = unsafe seccomp_load(context)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }
}

extension AllowedCall.Condition {
    fileprivate var comparison: scmp_arg_cmp {
        switch self {
        case .isEqual(let index, let value):
            scmp_arg_cmp(arg: index, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
        case .lacks(let index, let bits):
            scmp_arg_cmp(arg: index, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: 0)
        }
    }
}
