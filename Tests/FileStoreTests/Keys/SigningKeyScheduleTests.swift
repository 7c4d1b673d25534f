import GrantCore
import Testing

@testable import FileStore

@Suite("SigningKeySchedule says what a key is for at a time")
struct SigningKeyScheduleTests {
    private static let made = Timestamp(seconds: 1_800_000_000)

    private static func after(_ seconds: Int64) -> Timestamp { made.adding(seconds: seconds) }

    private static var retired: SigningKeySchedule {
        var schedule = SigningKeySchedule(createdAt: made, activeAt: after(300))
        schedule.retire(at: after(1000), tokensLiving: 60)
        return schedule
    }

    @Test(
        arguments: [
            (-1_000_000, .published), (0, .published), (299, .published), (300, .active), (999, .active),
            (1000, .retired),
            (1059, .retired), (1060, .gone), (1_000_000, .gone),
        ] as [(Int64, SigningKeySchedule.Stage)]
    )
    func `each stage begins at its second`(seconds: Int64, stage: SigningKeySchedule.Stage) {
        #expect(Self.retired.stage(at: Self.after(seconds)) == stage)
    }

    @Test func `a key that is not retired signs for ever`() {
        let schedule = SigningKeySchedule(createdAt: Self.made, activeAt: Self.made)
        #expect(schedule.stage(at: Timestamp(microseconds: .max)) == .active)
    }

    @Test func `retired again, it stops no later, and is published no shorter`() {
        var schedule = Self.retired
        schedule.retire(at: Self.after(1000), tokensLiving: 60)
        #expect(schedule == Self.retired)
        schedule.retire(at: Self.after(2000), tokensLiving: 60)
        #expect(schedule == Self.retired)
        schedule.retire(at: Self.after(500), tokensLiving: 60)
        #expect(schedule.retiredAt == Self.after(500) && schedule.publishedUntil == Self.after(1060))
        schedule.retire(at: Self.after(500), tokensLiving: 3600)
        #expect(schedule.retiredAt == Self.after(500) && schedule.publishedUntil == Self.after(4100))
    }

    @Test func `its times are those that its file will have`() {
        let half = Timestamp(microseconds: Self.made.microseconds + 500_000)
        var schedule = SigningKeySchedule(createdAt: half, activeAt: half)
        schedule.retire(at: half, tokensLiving: 1)
        #expect(schedule.createdAt == Self.made && schedule.activeAt == Self.made)
        #expect(schedule.retiredAt == Self.made && schedule.publishedUntil == Self.after(1))
    }
}
