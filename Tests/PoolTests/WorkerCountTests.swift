import Testing

@testable import Pool

@Suite("How many workers a pool has")
struct WorkerCountTests {
    @Test(arguments: [("1", WorkerCount.number(1)), ("512", .number(512)), ("auto", .auto)])
    func `A number, or auto`(_ text: String, _ count: WorkerCount) {
        #expect(WorkerCount(argument: text) == count)
    }

    @Test(arguments: ["", "0", "-1", "513", "2.5", "many", "AUTO", " 2"])
    func `Anything else is refused`(_ text: String) {
        #expect(WorkerCount(argument: text) == nil)
    }

    @Test func `A number stands for itself, and auto for at least one`() {
        #expect(WorkerCount.number(7).resolved == 7)
        #expect(WorkerCount.range.contains(WorkerCount.auto.resolved))
    }
}
