import Glibc
import Linux
import Testing

/// Files without a name.
struct MemoryFileTests {
    @Test func `it holds what it was given, and is read from its beginning`() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try MemoryFile.holding(bytes)
        #expect(lseek(file.descriptor.number, 0, SEEK_CUR) == 0)
        #expect(try file.contents() == bytes)
    }

    @Test func `programs do not inherit it`() throws {
        let file = try MemoryFile()
        #expect(fcntl(file.descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
    }
}
