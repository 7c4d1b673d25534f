/// Counts of one moment: of a worker, or summed over a pool.
package struct Counts: Sendable, Equatable {
    private var numbers: [UInt64]

    /// All are zero.
    package init() {
        numbers = [UInt64](repeating: 0, count: CounterLayout.pageCount)
    }

    /// The counts of a page; numbers beyond its end are zero.
    init(page: ArraySlice<UInt8>) {
        self.init()
        // Sound: the loads stay within the page's length.
        unsafe page.withUnsafeBytes { bytes in
            for index in 0..<min(CounterLayout.pageCount, bytes.count / 8) {
                numbers[index] = unsafe UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
                )
            }
        }
        numbers[CounterLayout.slot] = 0
    }

    /// Adds the counts of another worker.
    mutating func add(_ other: Counts) {
        for index in numbers.indices { numbers[index] &+= other.numbers[index] }
    }

    /// The difference to an earlier moment; zero where a count has gone down, as after damage.
    package func since(_ earlier: Counts) -> Counts {
        var difference = self
        for index in numbers.indices {
            let (now, before) = (numbers[index], earlier.numbers[index])
            difference.numbers[index] = now > before ? now - before : 0
        }
        return difference
    }

    /// The counts as a page of the history.
    func page(ofSlot slot: Int64) -> [UInt8] {
        var numbers = numbers.map(\.littleEndian)
        numbers[CounterLayout.slot] = UInt64(bitPattern: slot).littleEndian
        // Sound: the bytes are copied.
        return unsafe numbers.withUnsafeBytes { unsafe Array($0) }
    }

    package var tokensIssued: UInt64 { numbers[CounterLayout.tokensIssued] }
    package var tokensRevoked: UInt64 { numbers[CounterLayout.tokensRevoked] }
    /// Requests that were dropped before they reached an endpoint.
    package var dropped: UInt64 { numbers[CounterLayout.dropped] }
    /// Lines that the audit did not take.
    package var auditFailures: UInt64 { numbers[CounterLayout.auditFailures] }

    package func checks(_ decision: CheckDecision) -> UInt64 { numbers[CounterLayout.checks + decision.index] }

    /// Checks that were decided otherwise than ``CheckDecision/allowed``.
    package var checksDenied: UInt64 {
        CheckDecision.allCases.reduce(0) { $1 == .allowed ? $0 : $0 &+ checks($1) }
    }

    package func refusals(_ refusal: CountedRefusal) -> UInt64 { numbers[CounterLayout.refusals + refusal.index] }

    /// Requests of an endpoint that were answered with a status; 0 stands for every status that grantd has no name for.
    package func requests(_ endpoint: CountedEndpoint, status: Int) -> UInt64 {
        numbers[CounterLayout.requests(endpoint, status: status)]
    }

    /// The statuses that are told apart.
    package static let statuses = CounterLayout.statuses

    /// Requests of all endpoints.
    package var requests: UInt64 {
        numbers[CounterLayout.requests..<CounterLayout.durations].reduce(0, &+)
    }

    /// How long an endpoint's answers took.
    package func durations(of endpoint: CountedEndpoint) -> DurationHistogram {
        histogram(at: CounterLayout.durations(of: endpoint))
    }

    /// How long the engine's answers took.
    package var engineDurations: DurationHistogram { histogram(at: CounterLayout.engineDurations) }

    private func histogram(at index: Int) -> DurationHistogram {
        DurationHistogram(
            buckets: Array(numbers[index..<index + DurationBuckets.count]),
            units: numbers[index + DurationBuckets.count]
        )
    }
}

/// Durations by how long they are.
package struct DurationHistogram: Sendable, Equatable {
    /// How many are in each of ``DurationBuckets``.
    package let buckets: [UInt64]
    /// Their sum, in units of ``DurationBuckets``.
    let units: UInt64

    /// Their sum in seconds.
    package var seconds: Double { Double(units) / DurationBuckets.unitsInSecond }

    /// How many there are.
    package var count: UInt64 { buckets.reduce(0, &+) }

    /// Both together.
    package func adding(_ other: DurationHistogram) -> DurationHistogram {
        DurationHistogram(
            buckets: zip(buckets, other.buckets).map { $0 &+ $1 },
            units: units &+ other.units
        )
    }

    /// The time, in seconds, that a part of them took at most: 0.5 for the median. Within a bucket it is interpolated, as
    /// Prometheus's `histogram_quantile` does; for the bucket without a bound it is the last bound. Nil if there are none.
    package func quantile(_ part: Double) -> Double? {
        let count = count
        guard count > 0 else { return nil }
        let rank = Double(count) * part
        var below = 0.0
        for (index, bound) in DurationBuckets.seconds.enumerated() {
            let own = Double(buckets[index])
            if own > 0, below + own >= rank {
                let start = index == 0 ? 0 : DurationBuckets.seconds[index - 1]
                return start + (bound - start) * max(0, rank - below) / own
            }
            below += own
        }
        return DurationBuckets.seconds.last
    }
}

extension ArraySlice<UInt8> {
    /// The number at an index of numbers of 8 bytes, the least byte first.
    func number(at index: Int) -> UInt64 {
        let start = startIndex + index * 8
        var number: UInt64 = 0
        for offset in (0..<8).reversed() { number = number << 8 | UInt64(self[start + offset]) }
        return number
    }
}

extension [UInt8] {
    mutating func append(number: UInt64) {
        for offset in 0..<8 { append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(offset)))) }
    }
}
