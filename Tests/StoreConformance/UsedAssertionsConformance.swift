package import GrantCore

/// The suite that any `UsedAssertions` passes: each check says in words what did not hold.
///
/// A store is made anew for each check; two stores of one place stand for two processes.
package struct UsedAssertionsConformance {
    /// Makes stores that share a new, empty place.
    package typealias Place = () throws -> () throws -> any UsedAssertions

    /// One promise of `UsedAssertions`.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        let body: @Sendable (() throws -> any UsedAssertions) async throws -> Void

        /// Holds a store to the promise.
        package func run(_ place: Place) async throws {
            try await body(place())
        }
    }

    private static let now = TokenStoreConformance.start
    private static let end = now.adding(seconds: 300)

    /// The promises that one process can be held to; ``AssertionRace`` has the rest.
    package static let checks: [Check] = [
        Check(description: "an assertion is used once, in all processes") { open in
            let (one, other) = (try open(), try open())
            let name = try name("first")
            try expect(try await one.use(name, until: end, at: now), "it passes")
            for store in [one, other, try open(), one] {
                try expect(try await !store.use(name, until: end, at: now), "it is refused from then on")
            }
        },
        Check(description: "clients and names are told apart") { open in
            let store = try open()
            let names = [
                try name("a"), try name("b"), try name("a", of: "second"), try name(""), try name("a\u{0}"),
                try name("A"), try name(String(repeating: "a", count: 5000)), try name("\u{e9}"), try name("e\u{301}"),
            ]
            for name in names { try expect(try await store.use(name, until: end, at: now), "each is new") }
            for name in names { try expect(try await !store.use(name, until: end, at: now), "each is used") }
        },
        Check(description: "a use is remembered to the last microsecond of the assertion") { open in
            let (one, other) = (try open(), try open())
            let name = try name("long")
            try expect(try await one.use(name, until: end, at: now), "it passes")
            for time in [now, now.adding(seconds: 200), Timestamp(microseconds: end.microseconds - 1)] {
                for store in [one, other] {
                    try expect(try await !store.use(name, until: end, at: time), "it is refused at \(time)")
                }
            }
        },
        Check(description: "an assertion that has ended is refused") { open in
            let store = try open()
            try expect(try await !store.use(try name("late"), until: end, at: end), "it counts no more at its end")
            try expect(try await !store.use(try name("later"), until: now, at: end), "nor after it")
        },
        Check(description: "a name that is used counts for an assertion with another end") { open in
            let (one, other) = (try open(), try open())
            for (number, seconds) in ([1, 299, 301, 1000, 3700, 86_400] as [Int64]).enumerated() {
                let name = try name("other \(number)")
                try expect(try await one.use(name, until: end, at: now), "it passes")
                let otherEnd = now.adding(seconds: seconds)
                try expect(try await !other.use(name, until: otherEnd, at: now), "it is refused with \(seconds) s")
                let next = try Self.name("next \(number)")
                try expect(try await one.use(next, until: otherEnd, at: now), "another passes with \(seconds) s")
                try expect(try await !other.use(next, until: end, at: now), "it is refused with 300 s")
            }
        },
        Check(description: "many names are all remembered") { open in
            let (one, other, third) = (try open(), try open(), try open())
            let count = 1000
            for number in 0..<count {
                let store = number.isMultiple(of: 2) ? one : other
                let isFirst = try await store.use(try name("\(number)"), until: end, at: now)
                try expect(isFirst, "\(number) passes")
            }
            for number in 0..<count {
                try expect(try await !third.use(try name("\(number)"), until: end, at: now), "\(number) is refused")
            }
        },
    ]

    private static func name(_ jti: String, of client: String = "first") throws -> AssertionName {
        guard let id = ClientID(client) else { throw TokenStoreConformance.Broken(description: "\(client) is an id") }
        return AssertionName(client: id, jti: jti)
    }

    private static func expect(_ condition: Bool, _ promise: String) throws {
        try TokenStoreConformance.expect(condition, promise)
    }
}
