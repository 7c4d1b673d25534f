/// The path to which a `rewrite` takes another one.
enum RewriteTarget {
    /// The path; nil if it is a URL, or has variables other than captures and the path itself. Captures count as `x`.
    static func path(of replacement: String, from path: String) -> String? {
        guard !replacement.hasPrefix("http://"), !replacement.hasPrefix("https://"), !replacement.hasPrefix("$scheme")
        else { return nil }
        var result = ""
        var rest = replacement.prefix { $0 != "?" }
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if let digit = rest.first, digit.isNumber {
                result += "x"
                rest = rest.dropFirst()
            } else if rest.hasPrefix("uri") {
                result += path
                rest = rest.dropFirst("uri".count)
            } else {
                return nil
            }
        }
        return result + rest
    }
}
