import CLinux
import Glibc

/// A pipe, both of whose ends close on exec (`pipe2(2)`).
package struct Pipe: ~Copyable {
    /// The end to read from, which never blocks.
    package let reading: Descriptor
    package let writing: Descriptor

    package init() throws(SystemCallFailure) {
        var ends: [2 of Int32] = [-1, -1]
        var span = ends.mutableSpan
        // Sound: the call writes two integers, for which there is room.
        let result = unsafe span.withUnsafeMutableBufferPointer { unsafe pipe2($0.baseAddress, O_CLOEXEC) }
        guard result == 0 else { throw .last("pipe2") }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        reading = Descriptor(owning: ends[0])
        writing = Descriptor(owning: ends[1])
    }

    /// Closes the writing end here, and leaves the reading one.
    package consuming func readingEnd() -> Descriptor { reading }
}
