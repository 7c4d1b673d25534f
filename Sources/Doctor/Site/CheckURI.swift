import Settings

/// What an `auth_request` asks, as far as it concerns grantd.
enum CheckURI: Equatable, Sendable {
    /// grantd's check under a prefix, with the scopes as they are written.
    case check(prefix: String, scopes: String)
    /// Meant for grantd, but with a slash at the start: a path of the site.
    case withSlash(String)
    /// Meant for grantd, but misspelt.
    case misspelt(String)
    /// `off`, or another service's.
    case other

    /// Reads an `auth_request`'s argument.
    ///
    /// - Parameters:
    ///   - prefixes: The prefixes under which any server mounts grantd.
    ///   - effort: What the comparison with words that are nearly the check's is taken from.
    init(_ uri: String, prefixes: Set<String>, _ effort: Effort = Effort()) {
        if uri == "off" || uri.isEmpty {
            self = .other
            return
        }
        let known = prefixes.union(["oauth2"])
        let trimmed = uri.hasPrefix("/") ? String(uri.dropFirst()) : uri
        if let prefix = known.first(where: { trimmed.hasPrefix("\($0)-check/") }) {
            let scopes = String(trimmed.dropFirst(prefix.count + "-check/".count)).withoutQuery
            self = uri.hasPrefix("/") ? .withSlash(uri) : .check(prefix: prefix, scopes: scopes)
            return
        }
        let path = trimmed.prefix { $0 != "?" }
        if uri.hasPrefix("/") {
            let isEndpoint = known.contains {
                path == "\($0)/check" || path.hasPrefix("\($0)/check/") || path == "\($0)-check"
            }
            self = isEndpoint ? .withSlash(uri) : Self.isNear(trimmed, known, effort) ? .misspelt(uri) : .other
            return
        }
        // Of another prefix that no server here has: what was left of a change of the prefix.
        if let end = uri.firstRange(of: "-check/"), end.lowerBound > uri.startIndex,
            !Self.isNear(trimmed, known, effort),
            uri[..<end.lowerBound].utf8.allSatisfy({
                ByteSet.letters.contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F
            })
        {
            self = .check(prefix: String(uri[..<end.lowerBound]), scopes: String(uri[end.upperBound...]).withoutQuery)
            return
        }
        // Only grantd's check has a URI without a slash: anything else falls into no location.
        self = .misspelt(uri)
    }

    /// Whether the start of it is the check's path but for two letters.
    private static func isNear(_ uri: String, _ prefixes: Set<String>, _ effort: Effort) -> Bool {
        prefixes.contains { prefix in
            let meant = Array("\(prefix)-check/".utf8)
            // The comparison takes time by the product of both lengths.
            guard meant.count <= 128, effort.spend(meant.count * meant.count) else { return false }
            let bytes = Array(uri.utf8.prefix(meant.count + 2))
            return (meant.count - 2...meant.count + 2).contains { count in
                Spelling.distance(bytes.prefix(count), meant) <= 2
            }
        }
    }
}
