/// A text format in which counts are exposed.
package enum MetricsFormat: String, Sendable {
    /// Prometheus's own, version 0.0.4.
    case prometheus = "text/plain; version=0.0.4; charset=utf-8"
    /// OpenMetrics 1.0.0.
    case openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// The `Content-Type` of an answer in it.
    package var contentType: String { rawValue }

    /// The format that a request's `Accept` prefers (RFC 9110 §12.5.1): OpenMetrics if it is named and plain text does not have
    /// a higher quality.
    ///
    /// - Parameter accept: the header's value; nil if there is none.
    package init(accept: String?) {
        var openMetrics = 0.0
        var plain = 0.0
        for range in (accept ?? "").split(separator: ",").prefix(Self.rangeLimit) {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            let parameters = parts.dropFirst()
            let quality = parameters.first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            // Other versions are not written here, so they do not count.
            let version = parameters.first { $0.hasPrefix("version=") }?.dropFirst(8).filter { $0 != "\"" }
            switch parts.first {
            case "application/openmetrics-text" where version == nil || version == "1.0.0":
                openMetrics = max(openMetrics, quality)
            case "text/plain" where version == nil || version == "0.0.4":
                plain = max(plain, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }

    /// The most ranges of an `Accept` that are read.
    private static let rangeLimit = 32
}

extension Substring {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return start[...last]
    }
}
