import CLinux
import Glibc
import SystemPackage

/// How this process starts another.
package enum ProcessStart {
    /// Starts a program with no signals blocked or ignored (`posix_spawnp(3)`).
    ///
    /// - Parameters:
    ///   - name: a path, or a name to find along `PATH`.
    ///   - arguments: with the program's name.
    ///   - environment: what it gets, `NAME=value` each; nil for this process's own.
    ///   - descriptors: the descriptors to pass, each with its number in the new process, duplicated in this order. Those above the highest are closed.
    /// - Returns: its process id.
    package static func start(
        _ name: String,
        arguments: [String],
        environment: [String]?,
        descriptors: [(Int32, becomes: Int32)]
    ) throws(SystemCallFailure) -> Int32 {
        // Sound: the calls initialise, fill, read and destroy local values; the lists of strings live through the start.
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var signals = sigset_t()
        var process: Int32 = -1
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        let highest = descriptors.map(\.becomes).max() ?? STDERR_FILENO
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        for (descriptor, number) in descriptors {
            var source = descriptor
            // A descriptor with one of the new numbers could be overwritten before it is duplicated.
            if source <= highest {
                source = fcntl(descriptor, F_DUPFD_CLOEXEC, highest + 1)
                guard source >= 0 else { throw .last("fcntl") }
                copies.append(source)
            }
            unsafe posix_spawn_file_actions_adddup2(&actions, source, number)
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, highest + 1)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let result = unsafe withCStrings(arguments) { arguments in
            guard let environment else {
                return unsafe posix_spawnp(&process, name, &actions, &attributes, arguments, linux_environment())
            }
            return unsafe withCStrings(environment) { environment in
                unsafe posix_spawnp(&process, name, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw SystemCallFailure("posix_spawn", Errno(rawValue: result)) }
        return process
    }
}
