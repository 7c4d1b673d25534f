import Linux
import Testing

/// The timer of an event loop.
struct AlarmTests {
    private func hasGoneOff(_ alarm: borrowing Alarm, by deadline: ContinuousClock.Instant) throws -> Bool {
        try waitToRead([alarm.descriptor.number], until: deadline)
        return .now < deadline
    }

    @Test func `it goes off at its time and not before, once`() throws {
        var alarm = try Alarm()
        let time = ContinuousClock.now + .milliseconds(20)
        try alarm.set(by: time)
        #expect(try hasGoneOff(alarm, by: .now + .seconds(10)))
        #expect(.now >= time)
        alarm.acknowledge()
        #expect(try !hasGoneOff(alarm, by: .now + .milliseconds(50)))
    }

    @Test func `a later time does not put it off, an earlier one brings it forward`() throws {
        var alarm = try Alarm()
        try alarm.set(by: .now + .seconds(3600))
        try alarm.set(by: .now + .milliseconds(1))
        try alarm.set(by: .now + .seconds(3600))
        #expect(try hasGoneOff(alarm, by: .now + .seconds(10)))
    }

    @Test func `a time that has passed is now`() throws {
        var alarm = try Alarm()
        try alarm.set(by: .now - .seconds(1))
        #expect(try hasGoneOff(alarm, by: .now + .seconds(10)))
    }
}
