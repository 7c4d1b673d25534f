/// An `auth_request` that asks grantd's check, with the level at which it stands.
struct Guard: Sendable {
    let server: Server
    /// The location or server in which it stands.
    let level: Level
    let directive: NginxDirective
    let prefix: String
    /// What follows the check's path, as it is written.
    let scopes: String

    /// Whether one of some lines is in what it protects: of a server only its own line, of a location all lines.
    ///
    /// - Parameter lines: the lines of each file, sorted.
    func covers(oneOf lines: [String: [Int]]) -> Bool {
        if Self.contains(directive.place.line...directive.place.line, lines[directive.place.file]) { return true }
        guard level.pattern != nil, let block = level.directive else { return false }
        return Self.contains(block.place.line...max(block.lastLine, block.place.line), lines[block.place.file])
    }

    private static func contains(_ range: ClosedRange<Int>, _ lines: [Int]?) -> Bool {
        guard let lines else { return false }
        var (low, high) = (0, lines.count)
        while low < high {
            let middle = (low + high) / 2
            if lines[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < lines.count && lines[low] <= range.upperBound
    }

    /// What it comes to, in a sentence.
    var sentence: String {
        let what = level.pattern?.description ?? "every location of \(server.name)"
        return scopes.isEmpty
            ? "\(what) needs an active token."
            : "\(what) needs a token with \(scopes.split(separator: " ").joined(separator: " and "))."
    }
}
