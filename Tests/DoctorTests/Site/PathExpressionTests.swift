import Testing

@testable import Doctor

@Suite struct PathExpressionTests {
    @Test(arguments: [
        (#"\.php$"#, "/a.php", true), (#"\.php$"#, "/a.php/x", false), (#"\.php(/|$)"#, "/a.php/x", true),
        ("^/a", "/b/a", false), ("^~x", "/x", false), ("^/(a|b)/", "/b/c", true), ("^/a+b*c?$", "/aab", true),
        ("^/a{2,3}$", "/aaaa", false), ("^/a{2}$", "/aa", true), ("^/a{2,}$", "/aaaa", true), ("[^a-c]$", "/d", true),
        ("[^a-c]$", "/b", false), (#"^/\d+/\w*$"#, "/12/ab_", true), (#"^/\d+$"#, "/x", false),
        ("^/(?!x).*$", "/y", true),
        ("^/(?!x).*$", "/x", false), ("^/(?=y)", "/y", true), ("^/(?i)A$", "/a", true), ("^/(?i:A)b$", "/aB", false),
        ("^/(?:a)(?<n>b)(?P<m>c)", "/abc", true), (#"^\Q/a.b\E$"#, "/a.b", true), (#"^\Q/a.b\E$"#, "/axb", false),
        (#"^/a\z"#, "/a", true), (#"\bx\b"#, "/x/", true), ("^/a*?b", "/aab", true), ("[]x]$", "/]", true),
        (#"[\w.-]+$"#, "/a-b.c", true), (#"\x2e"#, "/a.b", true), ("^/a{x}$", "/a{x}", true), ("", "/", true),
        ("^/[^/]++/x$", "/ab/x", true), ("^/a++ab", "/aaab", false), ("^/(?>a|ab)c", "/abc", false),
        ("^/[[:alpha:]_]+$", "/Ab_", true), ("^/[[:alpha:]]+$", "/a1", false), ("^/[^[:digit:]]$", "/1", false),
        ("(a*)*b", "/aaab", true), ("^(/|//)*$", "///", true), (".", "\n", false), ("(?s).", "\n", true),
    ])
    func `expressions match as PCRE's`(expression: String, path: String, isMatch: Bool) {
        #expect(PathExpression(expression)?.matches(path) == isMatch)
    }

    @Test(arguments: [
        #"(a)\1"#, "(?<=a)b", "(", ")", "[a", "*", "a**", #"\p{L}"#, #"a\"#, "[[:cntrl:]]", "(?x)a",
    ])
    func `what is not known is said to be`(expression: String) {
        #expect(PathExpression(expression) == nil)
    }

    @Test(arguments: ["(a*)*$x", "(a|a)*b", "(.*)*(.*)*x", "((a{0,50}){0,50}){0,50}b"])
    func `an expression that would take too long is given up`(expression: String) {
        #expect(PathExpression(expression)?.matches("/" + String(repeating: "a", count: 60)) != true)
    }

    @Test(arguments: ["a{99999999999999999999}", "a{1,99999999999999999999}", "a{1001}", "a{3,2}"])
    func `counts that are not followed are not known`(expression: String) {
        #expect(PathExpression(expression) == nil)
    }

    @Test(arguments: ["a{-1}", "a{ 2}", "a{,}", "a{\u{661}}"])
    func `what has no digits is text`(expression: String) {
        #expect(PathExpression("^/\(expression)$")?.matches("/\(expression)") == true)
    }

    @Test(arguments: [("^/a+b", "/b"), ("^/a", "/A"), ("^", ""), ("^a|b", "b")])
    func `what a match begins with is no more than that`(expression: String, path: String) {
        let isCaseless = PathExpression(expression, ignoringCase: true)?.matches(path)
        #expect(isCaseless == (path != "/b"))
    }

    @Test func `a sample is short`() {
        #expect(PathExpression("((a{64}){64}){64}")?.sample.utf8.count ?? .max <= 1000)
    }

    @Test func `depth and length are bounded`() {
        #expect(PathExpression(String(repeating: "(", count: 1000)) == nil)
        #expect(PathExpression(String(repeating: "a?", count: 1000))?.matches("aa") == true)
        #expect(PathExpression("a")?.matches(String(repeating: "b", count: 5000)) == nil)
        #expect(PathExpression(String(repeating: "a", count: 5000)) == nil)
    }

    @Test(arguments: [
        (#"\.php$"#, "/orders/", "/orders/.php"), ("^/orders/[a-z]+$", "/orders/", "/orders/x"),
        (#"\.(png|gif)$"#, "/a/", "/a/.png"),
        ("^/shop/", "/orders/", nil), ("^/", "/orders/", "/orders/"), ("^/[^/]+/new$", "/orders/", "/orders/new"),
        ("^/(api|orders)/export", "/orders/", "/orders/export"), ("^/orders$", "/orders/", nil),
        ("^/(?:v[0-9]{1,2}/)?o[a-z]+s/[^/]{3,}/raw$", "/orders/", "/orders/xxx/raw"),
        ("^/(?!orders/)", "/orders/", nil),
        ("^/(?:a|or)+ders/", "/orders/", "/orders/"), ("^/[^/]{9,}/", "/orders/", nil),
    ])
    func `a path that an expression takes from a prefix`(expression: String, prefix: String, path: String?) {
        #expect(PathExpression(expression)?.path(below: prefix) == path)
    }
}
