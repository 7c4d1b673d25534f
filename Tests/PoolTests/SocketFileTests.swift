import Glibc
import Linux
import Testing

@testable import Pool

@Suite("The file of a pool's socket")
struct SocketFileTests {
    @Test func `The longest path has room for the name that it is made under`() throws {
        try inDirectory { directory in
            let longest =
                directory + "/" + String(repeating: "s", count: SocketFile.longestPath - directory.utf8.count - 1)
            let socket = try PoolSocket.new(AF_UNIX)
            let file = try SocketFile(at: longest, listening: socket.number, group: nil)
            file.remove()
            #expect(throws: PoolError.pathTooLong(path: longest + "s")) {
                try SocketFile(at: longest + "s", listening: socket.number, group: nil)
            }
        }
    }

    @Test func `What a start that was broken off has left is no hindrance`() throws {
        try inDirectory { directory in
            let path = "\(directory)/s"
            let first = try PoolSocket.new(AF_UNIX)
            let left = try SocketFile(at: path + "~", listening: first.number, group: nil)
            let second = try PoolSocket.new(AF_UNIX)
            try SocketFile(at: path, listening: second.number, group: nil).remove()
            left.remove()
        }
    }

    @Test func `The directory is locked while a socket is put into it, and not longer`() throws {
        try inDirectory { directory in
            func isLocked() -> Bool {
                // Sound: the call reads a string.
                let other = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                defer { close(other) }
                return flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            }
            let within = try DirectoryLock.whileHeld(aroundFile: "\(directory)/s") { isLocked() }
            #expect(within)
            #expect(!isLocked())
        }
    }

    @Test func `A group is known by its name and by its number`() throws {
        #expect(try Group.id(of: "root") == 0)
        #expect(try Group.id(of: "4711") == 4711)
        for name in ["", "no-such-group", "-1", "4294967295"] {
            #expect(throws: PoolError.unknownGroup(name)) { try Group.id(of: name) }
        }
    }

    @Test(arguments: [
        ("/run/notify", true), ("@name", true), ("", false), ("@", false), ("notify", false), ("vsock:2:1", false),
        ("/" + String(repeating: "x", count: 107), false),
    ])
    func `NOTIFY_SOCKET names a path or an abstract name`(_ text: String, _ isAddress: Bool) {
        #expect((UnixAddress(notifySocket: text) != nil) == isAddress)
    }

    private func inDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/grantd-test-XXXXXX".utf8CString)
        // Sound: the call writes within the array, which ends with a zero.
        let path = try #require(
            unsafe template.withUnsafeMutableBufferPointer { buffer in
                unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
            }
        )
        // Sound: the call reads a string.
        defer { #expect(unsafe rmdir(path) == 0, "something is left in it") }
        try body(path)
    }
}
