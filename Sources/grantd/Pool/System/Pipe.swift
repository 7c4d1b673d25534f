import CFastCGI
import Gateway
import Glibc

/// A pipe, both of whose ends close on exec (`pipe2(2)`).
struct Pipe: ~Copyable {
    /// The end to read from, which never blocks.
    let reading: OwnedDescriptor
    let writing: OwnedDescriptor

    init() throws(SystemCallFailure) {
        var ends: [2 of Int32] = [-1, -1]
        var span = ends.mutableSpan
        // Sound: the call writes two integers, for which there is room.
        let result = unsafe span.withUnsafeMutableBufferPointer { unsafe pipe2($0.baseAddress, O_CLOEXEC) }
        guard result == 0 else { throw .lastCall("pipe2") }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        reading = OwnedDescriptor(owning: ends[0])
        writing = OwnedDescriptor(owning: ends[1])
    }
}
