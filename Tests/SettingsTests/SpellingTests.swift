import Testing

@testable import Settings

@Suite struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("abc", "acb", 1), ("clinet", "client", 1),
        ("kitten", "sitting", 3), ("", "abc", 3),
    ])
    func `It counts what has to be changed`(first: String, second: String, distance: Int) {
        #expect(Spelling.distance(first, second) == distance)
        #expect(Spelling.distance(second, first) == distance)
    }

    @Test func `The nearest word is found, and none that is far`() {
        #expect(Spelling.nearest(to: "web-ap", in: ["web", "web-app", "robot"]) == "web-app")
        #expect(Spelling.nearest(to: "b", in: ["a"]) == nil)
        #expect(Spelling.nearest(to: "warehouse", in: ["robot", "web-app"]) == nil)
    }
}
