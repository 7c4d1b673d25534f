import Testing

@testable import Doctor

@Suite struct NginxParserTests {
    /// A directive as words, with its block in brackets.
    private static func shape(_ directives: [NginxDirective]) -> String {
        directives.map { directive in
            let words = ([directive.name] + directive.arguments).joined(separator: "|")
            return words + (directive.block.map { "[\(shape($0))]" } ?? "")
        }.joined(separator: ",")
    }

    @Test(arguments: [
        ("a;", "a"), ("a b c;", "a|b|c"), ("a{b;}", "a[b]"), ("a { b { c; } d; }", "a[b[c],d]"), ("", ""), ("# a;", ""),
        ("a b#c;", "a|b#c"), ("a # b;\n c;", "a|c"), ("a 'b c' \"d;e\";", "a|b c|d;e"), ("a 'b\\'c';", "a|b'c"),
        ("a \"b\\\"c\";", "a|b\"c"), ("a b\\ c;", "a|b\\ c"), ("a b\\;c;", "a|b\\;c"), ("a '\\d\\\\';", "a|\\d\\"),
        ("a ${b}c;", "a|${b}c"), ("a ${b};", "a|${b}"), ("a x${b}{c;}", "a|x${b}[c]"), ("a $b{c;}", "a|$b[c]"),
        ("a '';", "a|"), ("if ($a = 'b') { c; }", "if|($a|=|b|)[c]"), ("a ~^/x{2;}", "a|~^/x[2]"), ("a b}c;", "a|b}c"),
        ("a\n\t b\r\n;", "a|b"), ("a {}", "a[]"), ("map $a $b { ~x 'y'; }", "map|$a|$b[~x|y]"),
        ("content_by_lua_block { if x then return '}' end -- }\n }\na;", "content_by_lua_block[],a"),
        ("x_by_lua_block { s = [[ } ]] t = [==[ ]] } ]==] u = {1} } a;", "x_by_lua_block[],a"),
        ("x_by_lua_block { --[[ } \n } ]] \"\\\"}\" } a;", "x_by_lua_block[],a"), ("a é;", "a|é"),
    ])
    func `words and blocks are nginx's`(text: String, expected: String) {
        let parser = NginxParser(text, file: "f")
        #expect(Self.shape(parser.directives) == expected)
        #expect(parser.error == nil)
    }

    @Test(arguments: [
        ("a", 1), ("a;\nb", 2), (";", 1), ("a;\n;", 2), ("}", 1), ("a {", 1), ("a {\nb;\n", 3), ("a { b }", 1),
        ("a 'b", 1),
        ("a;\nb \"c\n\n", 2), ("a 'b'c;", 1), ("{}", 1), ("a; {", 1), ("x_by_lua_block { '", 1),
        ("a;\n\nx_by_lua_block {", 3),
    ])
    func `what nginx refuses is said with its line`(text: String, line: Int) {
        #expect(NginxParser(text, file: "f").error?.place == Finding.Place(file: "f", line: line))
    }

    @Test func `each directive has its lines`() {
        let directives = NginxParser("\n\na\n b\n;c {\n d;\n}\n", file: "f").directives
        #expect(directives.map(\.place.line) == [3, 5])
        #expect(directives.map(\.lastLine) == [5, 7])
        #expect(directives[1].block?.map(\.place.line) == [6])
    }

    @Test func `what stands before an error is read`() {
        #expect(Self.shape(NginxParser("a; b { c; d 'e", file: "f").directives) == "a,b[c]")
    }

    @Test(arguments: [
        String(repeating: "a{", count: 100_000), String(repeating: "}", count: 100_000),
        String(repeating: "'", count: 100_001), String(repeating: "a ", count: 100_000),
        String(repeating: "\\", count: 100_001), "x_by_lua_block {" + String(repeating: "[=", count: 50_000),
        "x_by_lua_block { [[" + String(repeating: "]=", count: 50_000), String(repeating: "${", count: 50_000),
    ])
    func `hostile text is refused`(text: String) {
        #expect(NginxParser(text, file: "f").error != nil)
    }
}
