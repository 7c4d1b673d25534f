import Glibc
import GrantCore
import Testing

/// RFC 6749 §3.3.
struct ScopeTests {
    @Test func `a scope word holds 21, 23 to 5B and 5D to 7E, and no other byte`() {
        for value in UInt8(0)..<128 where value != 0x20 {
            let isAllowed = value == 0x21 || (0x23...0x5B).contains(value) || (0x5D...0x7E).contains(value)
            #expect((Scope("a\(Unicode.Scalar(value))") != nil) == isAllowed, "byte \(value)")
        }
    }

    @Test(arguments: [
        ("", []),
        ("read", ["read"]),
        ("read write", ["read", "write"]),
        ("write read", ["write", "read"]),
        ("read read", ["read"]),
        ("b a b a", ["b", "a"]),
        ("Read read", ["Read", "read"]),
        ("https://example.org/api!:#[]{}~", ["https://example.org/api!:#[]{}~"]),
    ])
    func `words are split by single spaces, each kept once, in the order of the text`(text: String, words: [String]) {
        #expect(Scope(text)?.words == words)
    }

    @Test(arguments: [
        " ", " read", "read ", "read  write", "read\twrite", "read\nwrite", "r\"d", "r\\d", "lés", "read\u{A0}write",
        "read\u{7F}", "\u{0}",
    ])
    func `other texts are no scope`(text: String) {
        #expect(Scope(text) == nil)
    }

    @Test func `eight times the words take about eight times as long, not 64 times`() throws {
        // The processor's time of this thread: a busy machine does not lengthen it much.
        func used() -> Int {
            var time = timespec()
            unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
        func shortest(_ count: Int) throws -> Int {
            let text = (0..<count).map(String.init).joined(separator: " ")
            return try (0..<5).map { _ in
                let before = used()
                let scope = try #require(Scope(text))
                #expect(scope.contains(scope) && scope.intersection(scope) == scope)
                return used() - before
            }.min()!
        }
        #expect(try shortest(16_000) < shortest(2_000) * 24)
    }

    @Test func `a scope contains another where it has every word`() {
        let scope: Scope = "read write admin"
        for part: Scope in ["", "read", "admin read", "read write admin"] { #expect(scope.contains(part)) }
        for other: Scope in ["Read", "read delete", "writ", "rea"] { #expect(!scope.contains(other)) }
        #expect(Scope.none.contains(.none))
        #expect(!Scope.none.contains(scope))
    }

    @Test func `an intersection keeps the order of the left side`() {
        let scope: Scope = "read write admin"
        #expect(scope.intersection("admin delete read").words == ["read", "admin"])
        #expect(scope.intersection("delete").isEmpty)
    }

    @Test func `a scope is written as it is parsed`() {
        let text = "read write https://example.org/!"
        #expect(Scope(text)?.description == text)
        #expect(Scope.none.description.isEmpty)
        #expect(Scope.none.isEmpty)
    }
}
