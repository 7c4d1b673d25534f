/// A name of `server_name`, as nginx compares it with the host of a request.
enum ServerName {
    /// How well a name fits a host. Of several names nginx takes the exact one, then the longest with an asterisk at its
    /// start, then the longest with one at its end, then the first expression.
    enum Fit: Comparable {
        case expression
        case start(length: Int)
        case end(length: Int)
        case exact
    }

    /// How well a name fits a host; nil if it is not the host's.
    static func fit(of name: String, to host: String) -> Fit? {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        if name.hasPrefix("~") {
            return PathExpression(String(name.dropFirst()), ignoringCase: true)?.matches(host) == true
                ? .expression : nil
        }
        let name = name.lowercased()
        if name.hasPrefix("*.") { return host.hasSuffix(name.dropFirst()) ? .end(length: name.utf8.count) : nil }
        if name.hasPrefix(".") {
            return host.hasSuffix(name) || host == name.dropFirst() ? .end(length: name.utf8.count) : nil
        }
        if name.hasSuffix(".*") { return host.hasPrefix(name.dropLast()) ? .start(length: name.utf8.count) : nil }
        return name == host ? .exact : nil
    }
}
