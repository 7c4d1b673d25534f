import CSeccomp
import Glibc

/// A system call by its name, with the arguments as they are: what somebody who has taken a process over can make.
enum RawCall {
    private typealias Function = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int

    /// Makes the call, and says with what it failed; nil if it did not.
    static func failure(_ name: String, _ arguments: Int...) -> Int32? {
        let values = arguments + Array(repeating: 0, count: 6 - arguments.count)
        // Sound: syscall(2) takes and returns numbers, and is always there.
        guard let symbol = unsafe dlsym(nil, "syscall") else { preconditionFailure("there is no syscall(2)") }
        let call = unsafe unsafeBitCast(symbol, to: Function.self)
        let number = unsafe Int(seccomp_syscall_resolve_name(name))
        let result = call(number, values[0], values[1], values[2], values[3], values[4], values[5])
        return result == -1 ? errno : nil
    }

    /// Whether this machine's architecture has such a call.
    static func exists(_ name: String) -> Bool {
        unsafe seccomp_syscall_resolve_name(name) >= 0
    }
}
