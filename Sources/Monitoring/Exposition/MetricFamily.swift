import Counters

/// A metric with its samples, which it writes in either format.
struct MetricFamily {
    /// The name without the suffix of its kind: `grantd_requests`.
    let name: String
    let kind: Kind
    let help: String
    private(set) var samples: [Sample] = []

    /// What kind of numbers it has.
    enum Kind: String {
        case counter, gauge, histogram, info
    }

    /// A number under labels.
    struct Sample {
        /// The suffix of the family's name: `_bucket`.
        let suffix: String
        let labels: [(name: String, value: String)]
        let value: String
    }

    init(_ kind: Kind, _ name: String, _ help: String) {
        self.kind = kind
        self.name = name
        self.help = help
    }

    /// Adds a sample.
    mutating func add(_ value: some BinaryInteger, _ labels: (name: String, value: String)...) {
        let suffix =
            switch kind {
            case .counter: "_total"
            case .info: "_info"
            case .gauge, .histogram: ""
            }
        samples.append(Sample(suffix: suffix, labels: labels, value: "\(value)"))
    }

    /// Adds the samples of a histogram.
    mutating func add(_ histogram: DurationHistogram, _ labels: (name: String, value: String)...) {
        var sum: UInt64 = 0
        for (bound, count) in zip(DurationBuckets.bounds + ["+Inf"], histogram.buckets) {
            sum &+= count
            samples.append(Sample(suffix: "_bucket", labels: labels + [("le", bound)], value: "\(sum)"))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: "\(histogram.seconds)"))
        samples.append(Sample(suffix: "_count", labels: labels, value: "\(sum)"))
    }

    /// Writes it.
    func write(to text: inout String, _ format: MetricsFormat) {
        // Prometheus's format has no infos, and the suffix is part of the name.
        let isOpen = format == .openMetrics
        let shown = isOpen ? name : name + (kind == .counter ? "_total" : kind == .info ? "_info" : "")
        text += "# HELP \(shown) \(help)\n# TYPE \(shown) \(!isOpen && kind == .info ? "gauge" : kind.rawValue)\n"
        if isOpen, name.hasSuffix("_seconds") { text += "# UNIT \(shown) seconds\n" }
        for sample in samples {
            text += name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(sample.value)\n"
        }
    }

    /// A label's value with `\`, `"` and newline escaped.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == 0x0A }) else {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
