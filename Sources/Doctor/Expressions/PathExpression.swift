/// A regular expression of the configuration, which paths can be tried on.
///
/// Expressions are PCRE's; what locations and rewrites use of it is known here, and for the rest the answer is that it is
/// not known. Swift's own `Regex` has no bound on the time that an expression takes, and tells no path that one matches.
struct PathExpression: Sendable {
    private let node: ExpressionNode
    /// The bytes with which every match begins, right at the start of the path; nil if it may begin elsewhere.
    private let opening: [UInt8]?

    /// Nil if the expression uses what is not known.
    init?(_ text: String, ignoringCase: Bool = false) {
        guard let node = ExpressionParser.parse(text, ignoringCase: ignoringCase) else { return nil }
        self.node = node
        opening = node.opening
    }

    /// Whether it matches somewhere in a path; nil if that took too long to find out.
    ///
    /// - Parameter effort: what the search's steps are taken from.
    func matches(_ path: String, _ effort: Effort? = nil) -> Bool? {
        let bytes = Array(path.utf8)
        guard bytes.count <= 1000, effort?.spend() ?? true else { return nil }
        if let opening, !bytes.starts(with: opening) { return false }
        var search = ExpressionSearch(bytes)
        defer { effort?.spend(search.taken) }
        for start in 0...(opening == nil ? bytes.count : 0) {
            if search.matches(node, at: start, then: { _, _ in true }) { return true }
            if search.isExhausted { return nil }
        }
        return false
    }

    /// A short path that it probably matches.
    var sample: String { String(decoding: node.sample, as: UTF8.self) }

    /// A path below a prefix that it matches; nil if none was found.
    func path(below prefix: String, _ effort: Effort? = nil) -> String? { paths(below: prefix, effort).first }

    /// Some paths below a prefix that it matches, at most eight; none once no effort is left.
    func paths(below prefix: String, _ effort: Effort? = nil) -> [String] {
        guard effort?.spend() ?? true else { return [] }
        // No path begins with both.
        if let opening, zip(opening, prefix.utf8).contains(where: { $0 != $1 }) { return [] }
        let sample = sample
        let tried = ["", sample, "x\(sample)", "index\(sample)", "x", "index.php", "x.php", "x.html", "x/x"]
        let guesses = ([sample] + tried.map { prefix + $0 }).filter {
            $0.hasPrefix(prefix) && matches($0, effort) == true
        }
        let (generated, steps) = ExpressionGenerator.paths(of: node, below: prefix, limit: 8)
        effort?.spend(steps)
        let made = generated.filter { path in
            path.hasPrefix(prefix) && matches(path, effort) == true && !guesses.contains(path)
        }
        return Array((guesses + made).prefix(8))
    }
}
