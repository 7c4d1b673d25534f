import Testing

@testable import Remedies

@Suite struct TypographicSignsTests {
    @Test(arguments: [
        ("–check", "type --check"), ("——check", "type --check"), ("−-state", "type --state"),
        ("-–state", "with hyphens"),
        ("“a", "quotation marks"), ("a’", "quotation marks"), ("--scope=„a“", "quotation marks"),
    ])
    func `A sign of printed text is pointed out`(word: String, hint: String) {
        #expect(TypographicSigns.hint(on: word)?.contains(hint) == true)
    }

    @Test(arguments: ["--check", "-h", "it's", "\"a\"", "web-app", "", "日本", "a–b"])
    func `What can be typed is left alone`(word: String) {
        #expect(TypographicSigns.hint(on: word) == nil)
        #expect(!TypographicSigns.beginsWithDash(word))
    }
}
