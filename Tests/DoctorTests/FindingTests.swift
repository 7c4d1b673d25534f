import Doctor
import Testing

@Suite struct FindingTests {
    @Test func `a failure is worse than a warning, and that is worse than none`() {
        #expect([Finding.Severity.warning, .failure, .ok].max() == .failure)
        #expect([Finding.Severity.warning, .ok].max() == .warning)
    }
}
