import Crypto
import Encoding
import GrantCore
import Testing

@testable import Monitoring

struct StatusPageTests {
    private static let hostile =
        "<script>alert(\"1\")</script>'&amp;\u{202E}\u{0}\u{1B}[2J\u{2028}" + String(repeating: "x", count: 250)

    @Test func `texts of the document are escaped wherever they stand`() {
        let page = StatusPage(Self.document(named: Self.hostile)).html
        #expect(page.components(between: "<script>", and: "</script>").count == 1)
        #expect(!page.contains("alert(\"1\")"))
        #expect(
            page.contains(
                "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;\\u{202E}\\u{0}\\u{1B}[2J\\u{2028}"
            )
        )
        #expect(page.unicodeScalars.allSatisfy { $0.isPrintable || $0 == "\n" })
    }

    @Test(arguments: [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"), ("\u{7F}", "\\u{7F}"),
        ("\u{2066}\u{200B}\u{AD}", "\\u{2066}\\u{200B}\\u{AD}"), ("\r\n", "\\u{D}\\u{A}"), ("zoë 中 מ", "zoë 中 מ"),
        ("<\u{301}", "&lt;\u{301}"),
    ])
    func `markup escapes what is interpolated, scalar by scalar`(text: String, escaped: String) {
        let html: HTML = "<b title=\"\(text)\">\(text)</b>"
        #expect(html.text.unicodeScalars.elementsEqual("<b title=\"\(escaped)\">\(escaped)</b>".unicodeScalars))
    }

    @Test func `the policy names the digests of the page's style and script, and allows nothing else`() throws {
        let page = StatusPage(StatusDocument()).html
        func source(_ element: String) throws -> String {
            let contents = page.components(between: "<\(element)>", and: "</\(element)>")
            let text = try #require(contents.first)
            #expect(contents.count == 1)
            return "'sha256-\(Base64.standard.encode(Array(SHA256.hash(of: text))))'"
        }
        #expect(
            StatusPage.contentSecurityPolicy == """
                default-src 'none'; style-src \(try source("style")); script-src \(try source("script")); \
                connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
                """
        )
    }

    @Test(arguments: ["", "billing", hostile])
    func `no element has a style or a handler of its own, loads anything or sends a form`(name: String) {
        let page = StatusPage(Self.document(named: name)).html
        for tag in page.components(between: "<", and: ">") {
            for attribute in tag.split(separator: " ").dropFirst() {
                #expect(!attribute.hasPrefix("style=") && !attribute.hasPrefix("on") && !attribute.hasPrefix("src="))
            }
            for name in ["form", "input", "link", "img", "iframe", "base"] { #expect(!tag.hasPrefix(name)) }
        }
    }

    @Test func `an empty document says of everything why it is empty`() {
        let page = StatusPage(StatusDocument()).html
        for sentence in [
            "All is well", "Requests are not counted: GRANTD_METRICS=on counts them.",
            "Refusals are not counted: GRANTD_METRICS=on counts them.",
            "Checks are not counted: GRANTD_METRICS=on counts them.",
            "Active tokens are still being counted, or their files cannot be read.",
            "Clients are still being counted, or their files cannot be read.",
            "What each client does is not counted: set GRANTD_METRICS_CLIENTS=on.", "No client is locked out.",
            "No engine is used: tokens and clients are kept in files on this machine.",
        ] {
            #expect(page.contains(sentence), "\(sentence)")
        }
        #expect(!page.contains("<table") && !page.contains("<svg"))
    }

    @Test func `an hour without requests says so and draws its zeros`() {
        var document = Self.document(named: "billing")
        document.lastHour.refusals = []
        document.history.tokens = .init(repeating: 0, count: 360)
        document.history.refusals = []
        let page = StatusPage(document).html
        #expect(page.contains("No request was refused in the last hour."))
        #expect(page.contains("Tokens: <b>0</b> throughout</span>"))
    }

    @Test func `every reason for trouble is in the headline's list`() {
        var document = StatusDocument()
        document.failure = "the disk is full"
        document.pool.size = 4
        document.pool.serving = 2
        document.pool.starting = 1
        (document.pool.restarts, document.pool.lastRestart) = (3, 0)
        document.countersFault = "a worker's counters were lost"
        document.lastHour.auditFailures = 1204
        document.lastHour.refusals = [
            .init(error: "invalid_client", reason: "wrong_secret", count: 7),
            .init(error: "temporarily_unavailable", reason: "storage_full", count: 5),
        ]
        document.lastHour.checks = [.init(name: "allowed", count: 9), .init(name: "unavailable", count: 1)]
        document.clients = .init(active: 1, disabled: 0, unusable: 1, countedAt: 0)
        document.members = [.init(name: "10.0.0.1:6379", role: "primary", state: "failed")]
        let health = Health(document)
        #expect(health.level == .trouble)
        #expect(
            health.reasons == [
                "Tokens cannot be granted: the disk is full", "2 of 4 workers serve, 1 is starting",
                "3 workers died and were replaced, the last at 00:00:00 UTC: the log says why",
                "The counters are not complete: a worker's counters were lost",
                "1,204 lines of the audit could not be written in the last hour",
                "5 requests were refused in the last hour through no fault of the caller: storage_full 5",
                "1 check was denied in the last hour through no fault of the caller: unavailable 1",
                "1 client has a file that cannot be used: grantd --check says why",
                "1 member of the engine cannot be reached: grantctl store status says more",
            ]
        )
    }

    @Test func `a refusal is explained, and one that is not known stands without an explanation`() {
        var document = StatusDocument()
        document.since = 0
        document.totals.refusals = [
            .init(error: "invalid_client", reason: "wrong_secret", count: 1_234_567),
            .init(error: "new_error", reason: "new_reason", count: 1),
        ]
        let page = StatusPage(document).html
        #expect(page.contains("The secret is not the client&#39;s"))
        #expect(page.contains("<code>wrong_<wbr>secret</code> <span class=\"error\">invalid_<wbr>client</span>"))
        #expect(page.contains("new_<wbr>reason</code>") && page.contains("1,234,567"))
    }

    @Test func `no number, however odd, ends the worker`() {
        var document = Self.document(named: "billing")
        document.history.step = 0
        let odd: [Double?] = [.nan, .infinity, -.infinity, -1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, nil]
        document.history.tokens = odd
        document.history.denied = odd
        document.history.tokenP99 = odd
        document.latencies = [.init(endpoint: "token", requests: .max, median: .nan, p99: .infinity)]
        document.lockedOut = [.init(clientID: "a", address: "::1", until: .max)]
        document.lockedOut.append(.init(clientID: "b", address: "::1", until: .min))
        document.tokens?.byExpiry = [.init(until: .max, count: .max), .init(until: .min, count: .max)]
        document.workers = [
            .init(process: .min, since: .min, requests: .max, connections: .min, busy: .max, slowHashes: .min)
        ]
        document.time = .max
        document.since = .min
        #expect(StatusPage(document).html.hasSuffix("</html>\n"))
    }

    @Test func `the busiest hour makes at most 60 kB, in a few milliseconds`() throws {
        let document = Self.document(named: "warehouse-sync")
        let clock = ContinuousClock()
        let times = (0..<5).map { _ in
            clock.measure { #expect(StatusPage(document).html.utf8.count < 60_000) }
        }
        // Many times what an optimized build takes.
        #expect(try #require(times.min()) < .milliseconds(200))
    }

    /// A document with something everywhere, and a name wherever one can be.
    private static func document(named name: String) -> StatusDocument {
        var document = StatusDocument()
        document.version = name
        document.time = 1_800_000_000
        document.since = document.time - 86400
        document.failure = name
        document.countersFault = name
        document.pool.size = 2
        document.workers = (1...4).map {
            .init(process: $0, since: 1_799_999_000, requests: 12_345_678, connections: 32, busy: 3, slowHashes: 1)
        }
        document.totals.checks = Explanations.decisions.keys.sorted().map { .init(name: $0, count: 12_345_678) }
        document.totals.refusals = Explanations.refusals.keys.sorted().map {
            .init(error: "temporarily_unavailable", reason: $0, count: 12_345)
        }
        document.totals.refusals.append(.init(error: name, reason: name, count: 1))
        document.lastHour = document.totals
        document.latencies = [.init(endpoint: name, requests: 12_345, median: 0.001, p99: 0.025)]
        document.history.begin = document.time - 3600
        // Each value is far from the one before it.
        let values = (0..<360).map { index -> Double? in Double(index * 7919 % 1000) / 10 }
        document.history.tokens = values
        document.history.allowed = values
        document.history.denied = values
        document.history.tokenP99 = values.map { $0.map { $0 / 1000 } }
        document.history.checkP99 = document.history.tokenP99
        document.history.refusals = (1...7).map { .init(name: "\(name) \($0)", values: values) }
        let expiries = (1...60).map { StatusDocument.Expiry(until: document.time + 60 * $0, count: 1000) }
        document.tokens = .init(active: 60_000, countedAt: document.time, byExpiry: expiries)
        document.clients = .init(active: 7, disabled: 1, unusable: 1, countedAt: document.time)
        document.clientsByUse = [.init(clientID: name, tokensIssued: 12_345, refusals: 12)]
        document.lockedOut = [.init(clientID: name, address: name, until: document.time + 90)]
        document.members = [.init(name: name, role: name, state: name)]
        return document
    }
}

extension String {
    /// The texts that stand between two others.
    fileprivate func components(between start: String, and end: String) -> [String] {
        split(separator: start, omittingEmptySubsequences: false).dropFirst().compactMap {
            $0.contains(end) ? $0.split(separator: end, omittingEmptySubsequences: false).first.map(String.init) : nil
        }
    }
}
