import Testing

@testable import grantctl

@Suite struct KeyTerminalTests {
    @Test(arguments: [
        ("q", [Key.quit]), ("Q", [.quit]), ("\u{4}", [.quit]), ("p", [.pause]), (" ", [.pause]),
        ("ppq", [.pause, .pause, .quit]),
        ("\u{1A}", [.suspend]), ("\u{C}", [.redraw]), ("x\rü", []), ("\u{1B}[A", []), ("\u{1B}Op", []), ("", []),
    ])
    func `Keys are told from bytes`(bytes: String, keys: [Key]) {
        #expect(KeyTerminal.keys(in: Array(bytes.utf8)[...]) == keys)
    }
}
