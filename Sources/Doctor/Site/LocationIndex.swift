/// The locations right within one level, by what is looked for in them.
struct LocationIndex: Sendable {
    /// All of them, in order.
    private(set) var all: [Level] = []
    /// Those with an expression, in order.
    private(set) var expressions: [Level] = []
    private var exact: [[UInt8]: Level] = [:]
    private var named: [String: Level] = [:]
    private var prefixes: [ArraySlice<UInt8>: Level] = [:]
    /// The lengths of the prefixes in bytes, the longest first.
    private let lengths: [Int]

    /// An index of locations.
    ///
    /// - Parameter locations: the locations, in order.
    init(_ locations: [Level]) {
        var lengths: Set<Int> = []
        for location in locations {
            guard let pattern = location.pattern else { continue }
            all.append(location)
            let bytes = Array(pattern.text.utf8)
            switch pattern.kind {
            case .exact: if exact[bytes] == nil { exact[bytes] = location }
            case .prefix, .prefixWithoutExpressions:
                prefixes[bytes[...]] = location
                lengths.insert(bytes.count)
            case .expression, .expressionIgnoringCase: expressions.append(location)
            case .named: if named[pattern.text] == nil { named[pattern.text] = location }
            }
        }
        self.lengths = lengths.sorted(by: >)
    }

    /// The location of a name such as `@app`.
    func named(_ name: String) -> Level? { named[name] }

    /// The location that is exactly for a path.
    func exact(_ path: [UInt8]) -> Level? { exact[path] }

    /// The location with the longest prefix of a path; the outer nil if no effort is left.
    func longest(_ path: [UInt8], _ effort: Effort) -> Level?? {
        for length in lengths where length <= path.count {
            guard effort.spend(1 + length / 32) else { return nil }
            if let found = prefixes[path.prefix(length)] { return found }
        }
        return .some(nil)
    }
}
