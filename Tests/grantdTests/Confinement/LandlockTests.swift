import CSeccomp
import Glibc
import SystemPackage
import Testing

@testable import grantd

/// Files and the network by Landlock alone, each test in a process of its own.
@Suite(.enabled(if: Landlock.isThere, "this kernel has no Landlock"), .timeLimit(.minutes(1)))
struct LandlockTests {
    @Test func `Files are made, read, replaced and unlinked beneath the directory`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            try Landlock.restrict(to: path)
            #expect(openFailure("\(path)/made", O_RDWR | O_CREAT) == nil)
            #expect(openFailure("\(path)/made", O_RDWR | O_TRUNC) == nil)
            #expect(openFailure(path, O_RDONLY | O_DIRECTORY) == nil)
            #expect(unsafe rename("\(path)/made", "\(path)/renamed") == 0)
            #expect(unsafe unlink("\(path)/renamed") == 0)
            exit(0)
        }
    }

    @Test func `Nothing is opened outside it, and nothing of another kind made in it`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            try Landlock.restrict(to: path)
            for other in ["/etc/passwd", "/etc/shadow", "/proc/self/mem", "/dev/null", "\(path)/../other"] {
                #expect(openFailure(other, O_RDONLY | O_CREAT) == EACCES, "\(other)")
            }
            #expect(openFailure("/", O_RDONLY | O_DIRECTORY) == EACCES)
            #expect(unsafe mkdir("\(path)-other", 0o700) == -1 && errno == EACCES)
            #expect(unsafe symlink("/etc/passwd", "\(path)/link") == -1 && errno == EACCES)
            #expect(unsafe mkfifo("\(path)/fifo", 0o600) == -1 && errno == EACCES)
            exit(0)
        }
    }

    @Test func `Nothing is executed, not even what lies in it`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let program = unsafe open("\(path)/program", O_WRONLY | O_CREAT, 0o700)
            // Sound: writes a string whose length it is given; the arguments live through the calls.
            _ = unsafe write(program, "#!/bin/false\n", 13)
            close(program)
            try Landlock.restrict(to: path)
            var arguments = unsafe [strdup("program"), nil]
            for file in ["\(path)/program", "/bin/false"] {
                #expect(unsafe execve(file, &arguments, nil) == -1 && errno == EACCES, "\(file)")
            }
            exit(0)
        }
    }

    @Test(.enabled(if: Landlock.version >= 4, "this kernel's Landlock leaves the network alone"))
    func `TCP is neither connected nor bound`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            try Landlock.restrict(to: path)
            let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = UInt16(9).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            // Sound: the calls read one local structure, whose size they are given.
            unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    #expect(unsafe connect(made, address, size) == -1 && errno == EACCES)
                    #expect(unsafe bind(made, address, size) == -1 && errno == EACCES)
                }
            }
            exit(0)
        }
    }
}

/// What the running kernel has of Landlock.
enum Landlock {
    static let version = confine_landlock_version()
    static var isThere: Bool { version > 0 }

    /// Leaves the calling thread the files beneath a directory.
    static func restrict(to directory: String) throws {
        let ruleset = try LandlockRuleset()
        try ruleset.allowFiles(beneath: FilePath(directory))
        try ruleset.enforce()
    }
}

/// With what opening a file fails; nil if it does not.
private func openFailure(_ path: String, _ flags: Int32) -> Int32? {
    let descriptor = unsafe open(path, flags, 0o600)
    if descriptor < 0 { return errno }
    close(descriptor)
    return nil
}
