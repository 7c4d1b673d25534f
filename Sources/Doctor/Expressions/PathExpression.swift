/// A regular expression of the configuration, which paths can be tried on.
///
/// Expressions are PCRE's; what locations and rewrites use of it is known here, and for the rest the answer is that it is
/// not known. Swift's own `Regex` has no bound on the time that an expression takes, and tells no path that one matches.
struct PathExpression: Sendable {
    private let node: ExpressionNode

    /// Nil if the expression uses what is not known.
    init?(_ text: String, ignoringCase: Bool = false) {
        guard let node = ExpressionParser.parse(text, ignoringCase: ignoringCase) else { return nil }
        self.node = node
    }

    /// Whether it matches somewhere in a path; nil if that took too long to find out.
    func matches(_ path: String) -> Bool? {
        let bytes = Array(path.utf8)
        guard bytes.count <= 1000 else { return nil }
        var search = ExpressionSearch(bytes)
        for start in 0...bytes.count {
            if search.matches(node, at: start, then: { _, _ in true }) { return true }
            if search.isExhausted { return nil }
        }
        return false
    }

    /// A short path that it probably matches.
    var sample: String { String(decoding: node.sample, as: UTF8.self) }

    /// A path below a prefix that it matches; nil if none was found.
    func path(below prefix: String) -> String? { paths(below: prefix).first }

    /// Some paths below a prefix that it matches, at most eight.
    func paths(below prefix: String) -> [String] {
        let sample = sample
        let tried = ["", sample, "x\(sample)", "index\(sample)", "x", "index.php", "x.php", "x.html", "x/x"]
        let guesses = ([sample] + tried.map { prefix + $0 }).filter { $0.hasPrefix(prefix) && matches($0) == true }
        let made = ExpressionGenerator.paths(of: node, below: prefix, limit: 8).filter { path in
            path.hasPrefix(prefix) && matches(path) == true && !guesses.contains(path)
        }
        return Array((guesses + made).prefix(8))
    }
}
