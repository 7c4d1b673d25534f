import Counters
import FileStore
import Glibc
import GrantCore
import Testing

@testable import grantctl

@Suite struct CounterSamplerTests {
    private let folder: Folder
    private let start = ContinuousClock.now
    private let now = KernelFileSystem().now

    init() throws {
        folder = try Folder()
    }

    /// A sample so many seconds after the start of the test.
    private func take(_ sampler: inout CounterSampler, after seconds: Double) throws -> CounterSample {
        let time = Timestamp(microseconds: now.microseconds + Int64(seconds * 1e6))
        return try sampler.take(at: time, start + .seconds(seconds)).get()
    }

    private func issue(_ count: Int, _ counters: WorkerCounters) {
        for _ in 0..<count { counters.issued(to: "web-app") }
    }

    @Test func `Rates are those since the sample before`() throws {
        let counters = folder.counters()
        var sampler = CounterSampler(of: folder.path)
        issue(5, counters)
        #expect(try take(&sampler, after: 0).interval == nil)
        issue(3, counters)
        #expect(try take(&sampler, after: 2).interval?.rate(\.tokensIssued) == 1.5)
        #expect(try take(&sampler, after: 3).interval?.rate(\.tokensIssued) == 0)
        sampler.forget()
        #expect(try take(&sampler, after: 4).interval == nil)
    }

    @Test func `The last minute holds what was counted between two readings of the history`() throws {
        let counters = folder.counters()
        var sampler = CounterSampler(of: folder.path)
        issue(5, counters)
        #expect(try take(&sampler, after: 0).minute.counts.tokensIssued == 5)
        issue(3, counters)
        let sample = try take(&sampler, after: 0.5)
        #expect(sample.minute.counts.tokensIssued == 8 && sample.minute.seconds <= 3)
    }

    @Test func `After a missing, a foreign and a damaged file it goes on with the next one`() throws {
        var sampler = CounterSampler(of: folder.path)
        #expect(throws: CountersFault.missing) { try take(&sampler, after: 0) }
        issue(5, folder.counters())
        #expect(try take(&sampler, after: 1).reading.total.tokensIssued == 5)
        folder.put([1, 2, 3])
        #expect(throws: CountersFault.foreign) { try take(&sampler, after: 2) }
        issue(2, folder.counters())
        let sample = try take(&sampler, after: 3)
        #expect(sample.interval == nil && sample.minute.counts.tokensIssued == 2)
    }

    @Test func `A file that takes the place of another unnoticed has no negative rates`() throws {
        let counters = folder.counters()
        var sampler = CounterSampler(of: folder.path)
        issue(5, counters)
        _ = try take(&sampler, after: 0)
        unsafe unlink(folder.file)
        issue(1, folder.counters())
        let rate = try take(&sampler, after: 1).interval?.rate(\.tokensIssued)
        #expect(rate == nil || rate == 0)
    }

    @Test func `Workers and clients have rates of their own`() throws {
        let counters = folder.counters()
        var sampler = CounterSampler(of: folder.path)
        counters.answered(.token, status: 200, received: start, at: start)
        issue(1, counters)
        let first = TopFigures(try take(&sampler, after: 0))
        #expect(first.workers.map(\.now) == [nil] && first.clients.map(\.tokens) == [nil])
        for _ in 0..<4 { counters.answered(.token, status: 200, received: start, at: start) }
        issue(6, counters)
        let second = TopFigures(try take(&sampler, after: 2))
        #expect(second.workers.map(\.now) == [2] && second.clients.map(\.tokens) == [3])
        #expect(second.endpoints.map(\.rate.name) == ["token"] && second.endpoints.map(\.rate.now) == [2])
        #expect(second.sentence == "1 worker serves, without a supervisor")
    }
}

/// A directory for a file of counters, which goes with the test.
private final class Folder {
    let path: String
    var file: String { "\(path)/counters" }

    init() throws {
        var template = Array("/tmp/grantctl-counters.XXXXXX".utf8CString)
        // Sound: the call changes the array, which is terminated.
        let made = unsafe mkdtemp(&template)
        path = try unsafe String(cString: #require(unsafe made))
    }

    deinit {
        unsafe unlink(file)
        unsafe rmdir(path)
    }

    /// A worker's counters in it.
    func counters() -> WorkerCounters {
        WorkerCounters(in: path, countsClients: true) { _ in }
    }

    /// Puts a file of these bytes in the place of whatever is there.
    func put(_ bytes: [UInt8]) {
        unsafe unlink(file)
        let number = unsafe open(file, O_WRONLY | O_CREAT, 0o600)
        unsafe write(number, bytes, bytes.count)
        close(number)
    }
}
