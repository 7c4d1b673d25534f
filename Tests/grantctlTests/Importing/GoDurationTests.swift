import Testing

@testable import grantctl

struct GoDurationTests {
    @Test(arguments: [
        ("1h0m0s", 3600), ("1h30m", 5400), ("1.5h", 5400), ("300s", 300), ("1500ms", 1), ("0", 0), ("0s", 0),
        ("2m0.5s", 120),
    ])
    func `a duration of Go in whole seconds`(text: String, seconds: Int64) {
        #expect(GoDuration.seconds(text) == seconds)
    }

    @Test(arguments: ["", "h", "1", "1d", "-1h", "1h 2m", "1e9h", "99999999h"])
    func `text that is not a duration of Go`(text: String) {
        #expect(GoDuration.seconds(text) == nil)
    }
}
