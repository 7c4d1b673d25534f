/// Paths of files, as nginx joins and matches them.
enum NginxPath {
    /// A path relative to a directory, or itself if it is absolute.
    static func joined(_ directory: String, _ path: String) -> String {
        if path.hasPrefix("/") || directory.isEmpty { return path }
        return directory.hasSuffix("/") ? directory + path : directory + "/" + path
    }

    /// The directory of a file's path, without the slash at its end; empty if it has none, `/` of a file in the root.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Whether glob(3) takes the path for a pattern.
    static func isPattern(_ path: String) -> Bool {
        path.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Whether a path matches a pattern of glob(3): no wildcard takes a slash, nor a dot at the start of a name.
    static func matches(_ path: String, _ pattern: String) -> Bool {
        guard path.utf8.count <= NginxLimits.path, pattern.utf8.count <= NginxLimits.path else { return false }
        let slash = UInt8(ascii: "/")
        let names = path.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let patterns = pattern.utf8.split(separator: slash, omittingEmptySubsequences: false)
        guard names.count == patterns.count else { return false }
        return zip(names, patterns).allSatisfy { nameMatches(Array($0), Array($1)) }
    }

    /// At most the product of both lengths: only the last star is tried again.
    private static func nameMatches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        let (star, dot) = (UInt8(ascii: "*"), UInt8(ascii: "."))
        if name.first == dot, pattern.first != dot { return false }
        var (at, of) = (0, 0)
        var retry: (at: Int, of: Int)?
        while at < name.count {
            if of < pattern.count, pattern[of] == star {
                retry = (at, of + 1)
                of += 1
            } else if of < pattern.count, let next = step(name[at], pattern, of) {
                at += 1
                of = next
            } else if let last = retry {
                retry = (last.at + 1, last.of)
                (at, of) = (last.at + 1, last.of)
            } else {
                return false
            }
        }
        return pattern[of...].allSatisfy { $0 == star }
    }

    /// The place in the pattern behind what takes the byte; nil if nothing does.
    private static func step(_ byte: UInt8, _ pattern: [UInt8], _ of: Int) -> Int? {
        switch pattern[of] {
        case UInt8(ascii: "?"): return of + 1
        case UInt8(ascii: "["):
            let from = of + 1
            let isNegated =
                from < pattern.count && (pattern[from] == UInt8(ascii: "!") || pattern[from] == UInt8(ascii: "^"))
            let first = isNegated ? from + 1 : from
            guard first < pattern.count,
                let end = pattern[(first + 1)...].firstIndex(of: UInt8(ascii: "]"))
            else { return byte == pattern[of] ? of + 1 : nil }
            return contains(byte, Array(pattern[first..<end])) != isNegated ? end + 1 : nil
        case UInt8(ascii: "\\") where of + 1 < pattern.count: return pattern[of + 1] == byte ? of + 2 : nil
        default: return pattern[of] == byte ? of + 1 : nil
        }
    }

    private static func contains(_ byte: UInt8, _ set: [UInt8]) -> Bool {
        var index = 0
        while index < set.count {
            if index + 2 < set.count, set[index + 1] == UInt8(ascii: "-") {
                if set[index] <= byte, byte <= set[index + 2] { return true }
                index += 3
            } else {
                if set[index] == byte { return true }
                index += 1
            }
        }
        return false
    }
}
