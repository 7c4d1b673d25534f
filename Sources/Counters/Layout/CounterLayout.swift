/// Where each count has its place in a page of numbers.
///
/// A change of it is a change of the file's format: ``CounterFormat/magic`` has to change with it.
enum CounterLayout {
    /// Numbers in a page of 4096 bytes.
    static let pageCount = 512

    /// The slot of time that a page of the history is of; no worker counts there.
    static let slot = 0
    static let tokensIssued = 1
    static let tokensRevoked = 2
    static let dropped = 3
    static let auditFailures = 4

    /// One for each decision.
    static let checks = 8
    /// One for each reason.
    static let refusals = 24
    /// For each endpoint, one for each of ``statuses``.
    static let requests = 64
    /// For each endpoint the buckets, and the sum in their units.
    static let durations = requests + CountedEndpoint.allCases.count * statuses.count
    /// The same for questions to the engine.
    static let engineDurations = durations + CountedEndpoint.allCases.count * (DurationBuckets.count + 1)
    /// What is used of a page.
    static let end = engineDurations + DurationBuckets.count + 1

    /// The statuses that grantd answers with; every other is counted as 0.
    static let statuses = [0, 200, 204, 400, 401, 403, 404, 405, 413, 415, 429, 500, 503]

    static func requests(_ endpoint: CountedEndpoint, status: Int) -> Int {
        let place: Int =
            switch status {
            case 200: 1
            case 204: 2
            case 400: 3
            case 401: 4
            case 403: 5
            case 404: 6
            case 405: 7
            case 413: 8
            case 415: 9
            case 429: 10
            case 500: 11
            case 503: 12
            default: 0
            }
        return requests + endpoint.index * statuses.count + place
    }

    /// The first of an endpoint's buckets.
    static func durations(of endpoint: CountedEndpoint) -> Int {
        durations + endpoint.index * (DurationBuckets.count + 1)
    }
}
