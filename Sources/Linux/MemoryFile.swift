import CLinux
import Glibc

/// A nameless file in memory (`memfd_create(2)`), for libfcgi in the place of a socket that could keep it waiting.
package struct MemoryFile: ~Copyable {
    package var descriptor: Descriptor

    /// An empty file.
    package init() throws(SystemCallFailure) {
        let number = linux_memory_file()
        guard number >= 0 else { throw .last("memfd_create") }
        descriptor = Descriptor(owning: number)
    }

    /// A file of these bytes, to be read from its beginning.
    package static func holding(_ bytes: [UInt8]) throws(SystemCallFailure) -> MemoryFile {
        let file = try MemoryFile()
        // Sound: within the array, which lives through the call.
        let written = unsafe bytes.withUnsafeBytes {
            unsafe pwrite(file.descriptor.number, $0.baseAddress, $0.count, 0)
        }
        guard written == bytes.count else { throw .last("pwrite") }
        return file
    }

    /// All that was written to it.
    package func contents() throws(SystemCallFailure) -> [UInt8] {
        let size = lseek(descriptor.number, 0, SEEK_END)
        guard size >= 0 else { throw .last("lseek") }
        var count = 0
        // Sound: pread fills the buffer up to its own count, and says how far.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            count = unsafe pread(descriptor.number, buffer.baseAddress, buffer.count, 0)
            initialized = max(0, count)
        }
        guard count == size else { throw .last("pread") }
        return bytes
    }
}
