import Glibc
import Linux
import SystemPackage
import Testing

/// What an event loop waits for.
struct EventQueueTests {
    /// Makes a pipe readable.
    private func fill(_ pipe: borrowing Pipe) {
        #expect(unsafe write(pipe.writing.number, "x", 1) == 1)
    }

    @Test func `a wait returns what is ready, with its generation`() throws {
        var queue = try EventQueue()
        let quiet = try Pipe()
        let ready = try Pipe()
        try queue.add(quiet.reading.number, for: .readable, generation: 1)
        try queue.add(ready.reading.number, for: .readable, generation: 2)
        fill(ready)
        try queue.wait()
        #expect(queue.ready.map { queue[$0].number } == [ready.reading.number])
        #expect(queue.ready.map { queue[$0].generation } == [2])
    }

    @Test func `what is removed or watched for something else is not returned`() throws {
        var queue = try EventQueue()
        let removed = try Pipe()
        let changed = try Pipe()
        let last = try Pipe()
        try queue.add(removed.reading.number, for: .readable)
        try queue.add(changed.reading.number, for: .readable)
        try queue.add(last.reading.number, for: .readable)
        fill(removed)
        fill(changed)
        fill(last)
        try queue.remove(removed.reading.number)
        try queue.change(changed.reading.number, to: [])
        try queue.wait()
        #expect(queue.ready.map { queue[$0].number } == [last.reading.number])
    }

    @Test func `a descriptor that is watched already is refused`() throws {
        let queue = try EventQueue()
        let pipe = try Pipe()
        try queue.add(pipe.reading.number, for: .readable)
        #expect(throws: SystemCallFailure("epoll_ctl", .fileExists)) {
            try queue.add(pipe.reading.number, for: .readable)
        }
    }
}
