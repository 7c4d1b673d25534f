import Counters
import Encoding
import Testing

@testable import grantctl

@Suite struct TopFrameTests {
    private func figures(client: String = "web-app") -> TopFigures {
        var figures = TopFigures(.missing, at: 1_795_475_768)
        figures.sentence = "3 of 4 workers serve"
        figures.advice = nil
        figures.endpoints = ["token", "introspect", "check"].map {
            .init(rate: .init(name: $0, now: 120.4, minute: 7), median: 0.000_35, p99: 0.024)
        }
        figures.outcomes = ["tokens issued", "checks allowed", "denied: insufficient_scope"].map {
            .init(name: $0, now: nil, minute: 1234.5)
        }
        figures.refusals = ["wrong_secret", "unsupported_content_encoding"].map {
            .init(name: $0, now: 0, minute: 0.001)
        }
        figures.workers = (1...4).map {
            .init(process: 4710 + $0, age: 3661, now: 10, connections: 12, busy: 2, slowHashes: 1)
        }
        figures.clients = [.init(id: client, tokens: 3, refusals: nil, tokensIssued: .max)]
        figures.tokens = (0..<360).map { $0 < 100 ? nil : Double($0) }
        figures.checks = figures.tokens
        return figures
    }

    private func lines(_ figures: TopFigures, _ columns: Int, _ rows: Int, _ glyphs: Glyphs = .unicode) -> [String] {
        TopFrame(figures: figures, glyphs: glyphs, hint: "Every 1 s: p pauses, q quits")
            .lines(in: TerminalSize(columns: columns, rows: rows))
    }

    @Test func `A terminal of 80 columns has table below table`() {
        let lines = lines(figures(), 80, 60)
        #expect(lines[0] == "23:16:08 UTC  3 of 4 workers serve" && lines[1] == "Every 1 s: p pauses, q quits")
        #expect(lines[2].hasPrefix("tokens/s        ") && lines[2].hasSuffix("█  peak 359"))
        #expect(
            lines[5...].joined(separator: "\n") == """
                REQUESTS A SECOND  NOW  MINUTE  P50 ms  P99 ms
                token              120    7.00    0.35    24.0
                introspect         120    7.00    0.35    24.0
                check              120    7.00    0.35    24.0

                OUTCOMES A SECOND           NOW  MINUTE
                tokens issued                 -   1,235
                checks allowed                -   1,235
                denied: insufficient_scope    -   1,235

                REFUSALS A SECOND             NOW  MINUTE
                wrong_secret                    0   <0.01
                unsupported_content_encoding    0   <0.01

                WORKER   NOW  BUSY  OPEN  HASHES    RUNNING
                all     40.0     8    48       4
                4711    10.0     2    12       1  1 h 1 min
                4712    10.0     2    12       1  1 h 1 min
                4713    10.0     2    12       1  1 h 1 min
                4714    10.0     2    12       1  1 h 1 min

                CLIENT   TOKENS  REFUSALS                      ISSUED
                web-app    3.00         -  18,446,744,073,709,551,615
                """
        )
    }

    @Test func `A wide terminal has tables side by side`() {
        let lines = lines(figures(), 120, 30)
        let row = lines.first { $0.hasPrefix("REQUESTS A SECOND") }
        #expect(row?.contains("OUTCOMES A SECOND") == true)
        #expect(lines.contains { $0.hasPrefix("WORKER") } && lines.contains { $0.contains("CLIENT") })
    }

    @Test func `A low terminal leaves rows out and says so`() {
        let tables = { (rows: Int) in lines(figures(), 80, rows)[5...].map { String($0.prefix(13)) } }
        #expect(
            tables(16) == [
                "REQUESTS A SE", "token        ", "introspect   ", "check        ", "OUTCOMES A SE", "tokens issued",
                "checks allowe", "denied: insuf", "REFUSALS A SE", "wrong_secret ", "unsupported_c",
            ]
        )
        #expect(
            tables(17) == [
                "REQUESTS A SE", "token        ", "… 2 more", "OUTCOMES A SE", "tokens issued", "… 2 more",
                "REFUSALS A SE", "wrong_secret ", "unsupported_c", "WORKER   NOW ", "all     40.0 ", "… 4 more",
            ]
        )
    }

    @Test(arguments: [1, 2, 5, 20, 39, 40, 41, 79, 80, 102, 103, 132, 400], [1, 2, 3, 5, 8, 11, 12, 16, 24, 50])
    func `Nothing is larger than the terminal`(columns: Int, rows: Int) {
        for glyphs in [Glyphs.unicode, .ascii] {
            let lines = lines(figures(), columns, rows, glyphs)
            #expect(lines.count <= rows)
            #expect(lines.allSatisfy { $0.displayWidth <= columns })
            #expect(glyphs == .unicode || lines.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) })
        }
    }

    @Test(arguments: OddText.all, [40, 80, 120])
    func `No client's id breaks the frame`(id: String, columns: Int) {
        let lines = lines(figures(client: id), columns, 60)
        #expect(lines.allSatisfy { $0.displayWidth <= columns })
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy(\.isPrintable) })
        #expect(lines.count == self.lines(figures(), columns, 60).count)
    }

    @Test func `Without counters it says why and what to do`() {
        let lines = lines(TopFigures(.foreign, at: 0), 80, 24)
        #expect(lines[0].contains("no counters: counters is not a file of counters"))
        #expect(lines[2].hasPrefix("A worker that answers"))
        #expect(lines.allSatisfy { $0.displayWidth <= 80 })
    }
}
