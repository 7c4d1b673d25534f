import Glibc
import Linux
import Testing

@testable import Pool

@Suite("What a worker says of its start")
struct StartReportTests {
    @Test func `Nothing yet, then that it serves`() throws {
        let (report, writing) = try made()
        #expect(report.read() == nil)
        say([StartReport.readyByte], to: writing)
        #expect(report.read() == .ready)
        close(writing)
    }

    @Test(arguments: ["", "no state", String(repeating: "x", count: 4000)])
    func `A sentence, which may come in parts and be long`(_ sentence: String) throws {
        let (report, writing) = try made()
        let bytes = Array(sentence.utf8)
        say(bytes.dropLast(bytes.count / 2), to: writing)
        #expect(report.read() == nil)
        say(bytes.suffix(bytes.count / 2), to: writing)
        close(writing)
        #expect(report.read() == .failed(sentence))
    }

    /// A report, and the end of its pipe to write to.
    private func made() throws -> (StartReport, Int32) {
        let pipe = try Pipe()
        let reading = Descriptor(owning: dup(pipe.reading.number))
        return (StartReport(reading), dup(pipe.writing.number))
    }

    private func say(_ bytes: some Sequence<UInt8>, to descriptor: Int32) {
        let bytes = Array(bytes)
        // Sound: within the array, which lives through the call.
        _ = unsafe write(descriptor, bytes, bytes.count)
    }
}
