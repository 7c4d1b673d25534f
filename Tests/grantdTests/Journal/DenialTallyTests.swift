import GrantCore
import Testing

@testable import grantd

struct DenialTallyTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    @Test func `a minute's count is due once, when the minute is over`() {
        let tally = DenialTally()
        #expect(tally.takeDue(at: start) == nil)
        for second in 0..<60 { #expect(!tally.hasLine(isOwn: false, at: start.adding(seconds: Int64(second)))) }
        #expect(tally.takeDue(at: start.adding(seconds: 59)) == nil)
        #expect(tally.takeDue(at: start.adding(seconds: 60)) == 60)
        #expect(tally.takeDue(at: start.adding(seconds: 61)) == nil)
    }

    @Test func `each minute has its own lines`() {
        let tally = DenialTally()
        for minute in 0..<3 {
            let now = start.adding(seconds: Int64(minute) * 60)
            _ = tally.takeDue(at: now)
            let lines = (0..<DenialTally.lineLimit + 7).filter { _ in tally.hasLine(isOwn: true, at: now) }
            #expect(lines.count == DenialTally.lineLimit)
        }
        #expect(tally.takeAll() == 7)
        #expect(tally.takeAll() == nil)
    }

    @Test func `a clock that was set back ends the minute`() {
        let tally = DenialTally()
        _ = tally.hasLine(isOwn: false, at: start)
        #expect(tally.takeDue(at: start.adding(seconds: -1)) == 1)
    }
}
