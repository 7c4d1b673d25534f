import CSeccomp
import Glibc
import SystemPackage
import Testing

@testable import grantd

/// Each test confines a process of its own, for good. A program that is executed after all ends it with a failure.
@Suite(.timeLimit(.minutes(1)))
struct ConfinementTests {
    @Test func `The kernel takes all of it, and says so of the process`() async {
        await #expect(processExitsWith: .success) {
            let status = unsafe open("/proc/thread-self/status", O_RDONLY)
            let missing: [ConfinementFailure.Means] = Landlock.isThere ? [] : [.files]
            #expect(confine().map(\.means) == missing)
            var bytes = [UInt8](repeating: 0, count: 8192)
            // Sound: reads within the array, whose size it is given. The file was open before.
            let count = unsafe pread(status, &bytes, bytes.count, 0)
            let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
            #expect(text.contains("\nNoNewPrivs:\t1\n"))
            #expect(text.contains("\nSeccomp:\t2\n"))
            exit(0)
        }
    }

    @Test(.enabled(if: Landlock.isThere, "this kernel has no Landlock"))
    func `A thread that is started in between has given up the files, too`() async {
        await #expect(processExitsWith: .success) {
            let confinement = Confinement(filesBeneath: ["/tmp"])
            _ = confinement.restrictFiles()
            var thread = pthread_t()
            // Sound: the function takes no argument, and returns its finding in place of a pointer.
            unsafe pthread_create(
                &thread,
                nil,
                { _ in
                    let isOpen = unsafe open("/etc/passwd", O_RDONLY) >= 0
                    return unsafe UnsafeMutableRawPointer(bitPattern: isOpen ? 1 : 2)
                },
                nil
            )
            var finding: UnsafeMutableRawPointer?
            unsafe pthread_join(thread, &finding)
            #expect(unsafe finding == UnsafeMutableRawPointer(bitPattern: 2))
            exit(0)
        }
    }

    @Test func `Every call in the list is one that libseccomp knows`() {
        for call in AllowedCall.all {
            #expect(unsafe seccomp_syscall_resolve_name(call.name) != __NR_SCMP_ERROR, "\(call.name)")
        }
    }

    @Test func `No program is executed, and no process started`() async {
        await #expect(processExitsWith: .success) {
            _ = confine()
            var arguments = unsafe [strdup("false"), nil]
            var child: pid_t = 0
            // Sound: the arguments and the local live through the calls.
            #expect(unsafe execve("/bin/false", &arguments, nil) == -1 && errno == EPERM)
            #expect(unsafe fexecve(0, &arguments, &arguments) == -1 && errno == EPERM)
            #expect(unsafe posix_spawn(&child, "/bin/false", nil, nil, &arguments, nil) == EPERM)
            exit(0)
        }
    }

    @Test func `No connection is opened and no socket made, of any kind`() async {
        await #expect(processExitsWith: .success) {
            let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            _ = confine()
            for family in [AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET] {
                #expect(socket(family, Int32(SOCK_STREAM.rawValue), 0) == -1 && errno == EPERM, "family \(family)")
            }
            var address = sockaddr()
            let size = socklen_t(MemoryLayout<sockaddr>.size)
            // Sound: the calls read one local structure, whose size they are given.
            #expect(unsafe connect(made, &address, size) == -1 && errno == EPERM)
            #expect(unsafe bind(made, &address, size) == -1 && errno == EPERM)
            #expect(unsafe sendto(made, "", 0, 0, &address, size) == -1 && errno == EPERM)
            exit(0)
        }
    }

    @Test func `What a worker has no use for fails, whatever its arguments`() async {
        await #expect(processExitsWith: .success) {
            _ = confine()
            let useless = [
                "add_key", "bpf", "capset", "chmod", "chroot", "clone", "clone3", "delete_module", "dup", "execve",
                "execveat", "fchmod", "fchown", "finit_module", "fork", "fsopen", "getdents", "init_module",
                "io_uring_setup", "ioctl", "ioperm", "iopl", "kcmp", "keyctl", "kill", "linkat", "listen",
                "memfd_secret", "mknodat", "mount", "move_mount", "name_to_handle_at", "open", "open_by_handle_at",
                "open_tree", "perf_event_open", "personality", "pidfd_getfd", "pidfd_open", "pivot_root",
                "pkey_mprotect", "prctl", "process_vm_readv", "process_vm_writev", "ptrace", "rename",
                "request_key", "seccomp", "sendmsg", "setns", "setresuid", "setuid", "shmget", "socketpair",
                "swapon", "symlinkat", "sysinfo", "syslog", "tkill", "umount2", "unshare", "userfaultfd",
            ]
            // Such that a call which is let through by mistake does no harm: zeros would be standard input, and mode 0.
            let surprises = useless.filter { name in
                RawCall.exists(name) && RawCall.failure(name, -1, -1, -1, -1, -1, -1) != EPERM
            }
            #expect(surprises == [])
            exit(0)
        }
    }

    @Test func `Of some calls only the harmless kind is left`() async {
        await #expect(processExitsWith: .success) {
            _ = confine()
            let anonymous = Int(MAP_PRIVATE | MAP_ANONYMOUS)
            #expect(RawCall.failure("mmap", 0, 4096, Int(PROT_READ | PROT_WRITE), anonymous, -1) == nil)
            #expect(RawCall.failure("mmap", 0, 4096, Int(PROT_READ | PROT_EXEC), anonymous, -1) == EPERM)
            #expect(RawCall.failure("mprotect", 0, 0, Int(PROT_READ)) == nil)
            #expect(RawCall.failure("mprotect", 0, 0, Int(PROT_EXEC)) == EPERM)
            #expect(RawCall.failure("fcntl", 2, Int(F_GETFL)) == nil)
            #expect(RawCall.failure("fcntl", 2, Int(F_DUPFD)) == EPERM)
            #expect(RawCall.failure("tgkill", Int(getpid()), 0, 0) == EINVAL)
            #expect(RawCall.failure("tgkill", Int(getppid()), Int(getppid()), 0) == EPERM)
            exit(0)
        }
    }
}

/// Confines the calling thread alone: the test's others start threads, and end the process if they cannot.
@discardableResult
private func confine() -> [ConfinementFailure] {
    let confinement = Confinement(filesBeneath: ["/tmp"])
    return confinement.restrictFiles() + confinement.filterCalls(for: .calling)
}
