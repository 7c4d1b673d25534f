/// Everything that the status page shows, as values: `/status` renders it as HTML and as JSON, `grantctl status` as text.
///
/// It holds no secret and no token. Times are in seconds since 1970.
package struct StatusDocument: Sendable, Equatable {
    /// grantd's version.
    package var version = ""
    /// When the document was made.
    package var time: Int64 = 0
    /// When counting began: all totals are since then. Nil if there are no counters.
    package var since: Int64?
    /// Why tokens cannot be granted now, as `/health` says; nil if they can.
    package var failure: String?
    /// Why the counters cannot be read; nil if they can.
    package var countersFault: String?
    /// The pool's workers by state, and how often one was replaced after it had died.
    package var pool = Pool()
    /// The running workers.
    package var workers: [Worker] = []
    /// What was counted since ``since``.
    package var totals = Totals()
    /// What was counted within the last minute.
    package var lastMinute = Totals()
    /// What was counted within the last hour.
    package var lastHour = Totals()
    /// How long answers took within the last ten minutes, by endpoint.
    package var latencies: [Latency] = []
    /// The last hour, for charts.
    package var history = History()
    /// Active tokens; nil if they are not counted, as with an engine.
    package var tokens: Tokens?
    /// Clients by state; nil if they are not counted, as with an engine.
    package var clients: Clients?
    /// Clients by use, most tokens first, at most 20; nil unless `GRANTD_METRICS_CLIENTS` is on.
    package var clientsByUse: [ClientUse]?
    /// Clients whose authentication is refused for a time after too many failures, latest end first, at most 20.
    package var lockedOut: [LockOut] = []
    /// The engine's members; nil if everything is in files.
    package var members: [Member]?

    /// An empty document.
    package init() {}

    /// Workers of the pool.
    package struct Pool: Sendable, Equatable {
        /// The configured number; nil without a supervisor.
        package var size: Int?
        package var starting = 0
        package var serving = 0
        package var stopping = 0
        /// How often a worker was replaced because it died.
        package var restarts: UInt64 = 0
        /// When a worker was last replaced; nil if none was.
        package var lastRestart: Int64?

        package init() {}
    }

    /// One worker.
    package struct Worker: Sendable, Equatable {
        /// Its process id.
        package var process: Int32
        /// When it began.
        package var since: Int64
        /// Requests that it answered.
        package var requests: UInt64
        /// Connections that the web server keeps open to it.
        package var connections: Int
        /// Connections with a request that is being received, answered or held.
        package var busy: Int
        /// Requests that wait for a slow hash or have one computed.
        package var slowHashes: Int

        package init(process: Int32, since: Int64, requests: UInt64, connections: Int, busy: Int, slowHashes: Int) {
            self.process = process
            self.since = since
            self.requests = requests
            self.connections = connections
            self.busy = busy
            self.slowHashes = slowHashes
        }
    }

    /// Totals over a period.
    package struct Totals: Sendable, Equatable {
        /// The length of the period in seconds.
        package var seconds: Int64 = 0
        /// Requests answered, of every endpoint.
        package var requests: UInt64 = 0
        /// Tokens issued.
        package var tokensIssued: UInt64 = 0
        /// Checks of `/check` and of the Authorizer, by decision: `allowed`, `invalid_token` and so on, in a fixed order.
        package var checks: [Count] = []
        /// Refusals by error and reason, the most frequent first, without zeros.
        package var refusals: [Refusal] = []
        /// Requests that were dropped because they were incomplete, malformed or too slow.
        package var dropped: UInt64 = 0
        /// Lines of the audit that could not be written.
        package var auditFailures: UInt64 = 0

        package init() {}
    }

    /// A count under a name.
    package struct Count: Sendable, Equatable {
        package var name: String
        package var count: UInt64

        package init(name: String, count: UInt64) {
            self.name = name
            self.count = count
        }
    }

    /// Refusals of one kind.
    package struct Refusal: Sendable, Equatable {
        /// The `error` of the answer: `invalid_client`.
        package var error: String
        /// The reason, which the caller is not told: `wrong_secret`.
        package var reason: String
        package var count: UInt64

        package init(error: String, reason: String, count: UInt64) {
            self.error = error
            self.reason = reason
            self.count = count
        }
    }

    /// How long an endpoint's answers took, in seconds, interpolated within the histogram's buckets. Nil for none.
    package struct Latency: Sendable, Equatable {
        /// `token`, `check` and so on.
        package var endpoint: String
        package var requests: UInt64
        package var median: Double?
        package var p99: Double?

        package init(endpoint: String, requests: UInt64, median: Double?, p99: Double?) {
            self.endpoint = endpoint
            self.requests = requests
            self.median = median
            self.p99 = p99
        }
    }

    /// Equal steps of time, the oldest first; each list has an entry for each step. Entries from before counting began
    /// are nil.
    package struct History: Sendable, Equatable {
        /// When the first step begins.
        package var begin: Int64 = 0
        /// A step's length in seconds.
        package var step: Int64 = 10
        /// Tokens issued, a second.
        package var tokens: [Double?] = []
        /// Checks that passed, a second.
        package var allowed: [Double?] = []
        /// Checks that were denied, a second.
        package var denied: [Double?] = []
        /// Refusals of endpoints by `error`, a second: `invalid_client`, `temporarily_unavailable` and so on.
        package var refusals: [Series] = []
        /// The 99th percentile of the duration of token requests, in seconds; nil without requests.
        package var tokenP99: [Double?] = []
        /// The same of checks.
        package var checkP99: [Double?] = []

        package init() {}

        /// A named line.
        package struct Series: Sendable, Equatable {
            package var name: String
            package var values: [Double?]

            package init(name: String, values: [Double?]) {
                self.name = name
                self.values = values
            }
        }
    }

    /// Active tokens.
    package struct Tokens: Sendable, Equatable {
        package var active: Int
        /// When they were counted.
        package var countedAt: Int64
        /// Active tokens by when they expire, the soonest first.
        package var byExpiry: [Expiry]

        package init(active: Int, countedAt: Int64, byExpiry: [Expiry]) {
            self.active = active
            self.countedAt = countedAt
            self.byExpiry = byExpiry
        }
    }

    /// Tokens that expire by a time and after the previous one.
    package struct Expiry: Sendable, Equatable {
        package var until: Int64
        package var count: Int

        package init(until: Int64, count: Int) {
            self.until = until
            self.count = count
        }
    }

    /// Clients by state.
    package struct Clients: Sendable, Equatable {
        package var active: Int
        package var disabled: Int
        /// Their files cannot be used.
        package var unusable: Int
        /// When they were counted.
        package var countedAt: Int64

        package init(active: Int, disabled: Int, unusable: Int, countedAt: Int64) {
            self.active = active
            self.disabled = disabled
            self.unusable = unusable
            self.countedAt = countedAt
        }
    }

    /// What a client did since ``StatusDocument/since``.
    package struct ClientUse: Sendable, Equatable {
        package var clientID: String
        package var tokensIssued: UInt64
        package var refusals: UInt64

        package init(clientID: String, tokensIssued: UInt64, refusals: UInt64) {
            self.clientID = clientID
            self.tokensIssued = tokensIssued
            self.refusals = refusals
        }
    }

    /// A client that must wait.
    package struct LockOut: Sendable, Equatable {
        package var clientID: String
        /// The address from which it failed.
        package var address: String
        package var until: Int64

        package init(clientID: String, address: String, until: Int64) {
            self.clientID = clientID
            self.address = address
            self.until = until
        }
    }

    /// A member of the engine, as this process sees it.
    package struct Member: Sendable, Equatable {
        package var name: String
        /// `primary` or `replica`.
        package var role: String
        /// `connected`, `unused` (no connection is needed so far) or `failed`.
        package var state: String

        package init(name: String, role: String, state: String) {
            self.name = name
            self.role = role
            self.state = state
        }
    }
}
