import Testing

@testable import grantctl

@Suite struct StandardInputTests {
    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), (" a b ", " a b "), ("ü\n", "ü"),
        (String(repeating: "a", count: 4096), String(repeating: "a", count: 4096)),
    ])
    func `One line is taken, without its newline`(input: String, line: String) throws {
        #expect(try StandardInput.parse(Array(input.utf8)) == line)
    }

    @Test(arguments: [
        ("", InputError.empty), ("\n", .empty), ("\r\n", .empty), ("a\nb", .moreThanOneLine),
        ("a\n\n", .moreThanOneLine), ("\na", .moreThanOneLine), (String(repeating: "a", count: 4097), .tooLong),
    ])
    func `Anything else is refused`(input: String, error: InputError) {
        #expect(throws: error) { try StandardInput.parse(Array(input.utf8)) }
    }

    @Test func `Bytes that are not UTF-8 are refused`() {
        #expect(throws: InputError.notText) { try StandardInput.parse([0x61, 0xFF]) }
    }
}
