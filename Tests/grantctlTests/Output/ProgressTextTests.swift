import Testing

@testable import grantctl

@Suite struct ProgressTextTests {
    private func text(done: Int, total: Int?, elapsed: Double = 4) -> ProgressText {
        ProgressText(
            label: "Importing clients",
            unit: "lines",
            done: done,
            fraction: total.map { Double(done) / Double($0) },
            total: total,
            elapsed: elapsed
        )
    }

    @Test func `With a total it shows a bar, the part, the count, the rate and the time left`() {
        #expect(
            text(done: 1200, total: 3000).line(width: 100, .ascii)
                == "Importing clients  [############                  ]  40%  1,200 of 3,000 lines  300/s  6 s left"
        )
        #expect(text(done: 1200, total: 3000).line(width: 100, .unicode).contains("[████████████      "))
    }

    @Test func `Without a total it shows the count and the rate`() {
        #expect(text(done: 1200, total: nil).line(width: 80, .ascii) == "Importing clients  1,200 lines  300/s")
    }

    @Test func `In a narrow terminal the bar goes first, then the rate, then what is left`() {
        let text = text(done: 1200, total: 3000)
        #expect(text.line(width: 65, .ascii) == "Importing clients  40%  1,200 of 3,000 lines  300/s  6 s left")
        #expect(text.line(width: 55, .ascii) == "Importing clients  40%  1,200 of 3,000 lines  6 s left")
        #expect(text.line(width: 45, .ascii) == "Importing clients  40%  1,200 of 3,000 lines")
        #expect(text.line(width: 25, .ascii) == "Importing clients  40%")
        #expect(text.line(width: 10, .ascii) == "Importing~")
    }

    @Test(arguments: [0, 1, 7, 20, 21, 22, 40, 60, 61, 62, 75, 80, 200], [0, 1, 299, 3000, 4000])
    func `No line is wider than it may be`(width: Int, done: Int) {
        for elapsed in [0, 0.5, 1e9] {
            let text = text(done: done, total: 3000, elapsed: elapsed)
            #expect(text.line(width: width, .unicode).displayWidth <= width)
        }
    }

    @Test func `Nothing done leaves no time to tell, and more than all is all`() {
        #expect(!text(done: 0, total: 3000).line(width: 100, .ascii).contains("left"))
        #expect(
            text(done: 4000, total: 3000).line(width: 100, .ascii).contains(
                "[\(String(repeating: "#", count: 30))]  100%"
            )
        )
    }
}
