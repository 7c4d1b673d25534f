import Encoding
import Monitoring
import Testing

@testable import grantctl

@Suite struct StatusTextTests {
    private let now: Int64 = 1_795_475_768
    private var document: StatusDocument {
        var document = StatusDocument()
        document.time = now
        document.since = now - 3700
        document.pool.size = 4
        document.pool.serving = 3
        document.pool.starting = 1
        document.workers = [
            .init(process: 4711, since: now - 61, requests: 1204, connections: 12, busy: 2, slowHashes: 1)
        ]
        var totals = StatusDocument.Totals()
        totals.requests = 12_345
        totals.tokensIssued = 1000
        totals.checks = [.init(name: "allowed", count: 500), .init(name: "invalid_token", count: 7)]
        totals.refusals = [
            .init(error: "invalid_client", reason: "wrong_secret", count: 8),
            .init(error: "invalid_scope", reason: "invalid_scope", count: 1),
        ]
        (document.totals, document.lastHour) = (totals, totals)
        document.latencies = [.init(endpoint: "token", requests: 600, median: 0.000_35, p99: 0.024)]
        document.tokens = .init(active: 900, countedAt: now, byExpiry: [])
        document.clients = .init(active: 2, disabled: 1, unusable: 0, countedAt: now)
        document.clientsByUse = [.init(clientID: "web-app", tokensIssued: 1000, refusals: 9)]
        document.lockedOut = [.init(clientID: "robot", address: "192.0.2.1", until: now + 75)]
        return document
    }

    private func text(_ document: StatusDocument, advice: String? = nil, glyphs: Glyphs = .unicode) -> String {
        StatusText(document: document, advice: advice, glyphs: glyphs).text
    }

    @Test func `Everything is there, what matters first`() {
        #expect(
            text(document) == """
                3 of 4 workers serve, 1 is starting
                Counted since 2026-11-23T22:14:28Z, for 1 h 1 min, until 2026-11-23T23:16:08Z

                                LAST MINUTE  LAST HOUR   TOTAL
                requests                  0     12,345  12,345
                tokens issued             0      1,000   1,000
                checks allowed            0        500     500
                checks denied             0          7       7
                refusals                  0          9       9

                LAST 10 MINUTES  REQUESTS  MEDIAN ms  P99 ms
                token                 600       0.35    24.0

                REFUSED IN THE LAST HOUR  REASON         COUNT
                invalid_client            wrong_secret       8
                invalid_scope             invalid_scope      1

                CHECKS DENIED IN THE LAST HOUR  COUNT
                invalid_token                       7

                WORKER  RUNNING FOR  REQUESTS  CONNECTIONS  BUSY  SLOW HASHES
                4711      1 min 1 s     1,204           12     2            1

                tokens   900 active
                clients  2 active, 1 disabled

                CLIENT   TOKENS ISSUED  REFUSALS
                web-app          1,000         9

                LOCKED OUT  FROM       FOR ANOTHER
                robot       192.0.2.1   1 min 15 s
                """
        )
    }

    @Test(
        arguments: [
            (4, 4, 0, "4 of 4 workers serve"), (4, 1, 3, "1 of 4 workers serves, 3 are starting"),
            (1, 1, 0, "1 of 1 worker serves"), (2, 0, 2, "no worker serves, 2 are starting"),
            (nil, 2, 0, "2 workers serve, without a supervisor"), (nil, 0, 0, "no worker serves"),
        ] as [(Int?, Int, Int, String)]
    )
    func `The workers' health is one sentence`(size: Int?, serving: Int, starting: Int, sentence: String) {
        var document = StatusDocument()
        (document.pool.size, document.pool.serving, document.pool.starting) = (size, serving, starting)
        #expect(document.workersSentence == sentence && document.serves == (serving > 0))
    }

    @Test func `Without counters it says why and what to do`() {
        var document = StatusDocument()
        document.countersFault = "counters is missing: no worker counts"
        document.pool.serving = 2
        #expect(!document.serves)
        #expect(
            text(document, advice: "Start grantd.") == """
                No counters: counters is missing: no worker counts
                Start grantd.
                """
        )
    }

    @Test func `What went wrong is there only if it did`() {
        var document = document
        #expect(!text(document).contains("died") && !text(document).contains("dropped"))
        document.pool.restarts = 2
        document.totals.dropped = 1
        document.totals.auditFailures = 3
        document.clients?.unusable = 1
        let lines = text(document).split(separator: "\n")
        #expect(lines.contains("2 workers have died and were replaced: the log says why"))
        #expect(lines.contains("dropped requests            0          0       1"))
        #expect(lines.contains("audit failures              0          0       3"))
        #expect(lines.contains("clients  2 active, 1 disabled, 1 that cannot be used: grantd --check says why"))
    }

    @Test(arguments: OddText.all)
    func `No id from the file can break a line or the terminal`(id: String) {
        var document = document
        document.clientsByUse = [.init(clientID: id, tokensIssued: 1, refusals: 0)]
        document.lockedOut = [.init(clientID: id, address: id, until: now + 1)]
        let text = text(document)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isPrintable })
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == self.text(self.document).split(separator: "\n", omittingEmptySubsequences: false).count)
        #expect(self.text(document, glyphs: .ascii).unicodeScalars.allSatisfy { $0.isASCII })
    }

    @Test func `Times that no clock has are shown all the same`() {
        var document = document
        document.since = .max
        document.workers[0].since = .max
        document.lockedOut[0].until = .max
        #expect(text(document).contains("Counted since"))
    }
}
