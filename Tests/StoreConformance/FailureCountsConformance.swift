package import GrantCore

/// The suite that any `FailureCounts` passes: each check says in words what did not hold.
///
/// Counts are made anew for each check; two of one place stand for two processes.
package struct FailureCountsConformance {
    /// Makes counts that share a new, empty place.
    package typealias Place = @Sendable () throws -> @Sendable () throws -> any FailureCounts

    /// One promise of `FailureCounts`.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        let body: @Sendable (@escaping @Sendable () throws -> any FailureCounts) async throws -> Void

        /// Holds counts to the promise.
        package func run(_ place: Place) async throws {
            try await body(place())
        }
    }

    private static let now = TokenStoreConformance.start
    private static let home = Origin(ipv4: 0xC000_0201)
    private static let failure = FailureChange.failure(limit: 3, window: 60)

    /// All of the promises.
    package static let checks: [Check] = [
        Check(description: "what was never counted is not on record") { open in
            let counts = try open()
            for key in try keys() { try expect(await counts.record(of: key, at: now) == nil, "\(key) is not there") }
        },
        Check(description: "what one process counts another reads") { open in
            let (one, other) = (try open(), try open())
            for key in try keys() {
                let expected = failure.applied(to: nil, at: now)
                try expect(await one.update(key, at: now, by: failure) == nil, "nothing was there before")
                try expect(await other.record(of: key, at: now) == expected, "the other reads it")
                let next = failure.applied(to: expected, at: now)
                try expect(await other.update(key, at: now, by: failure) == expected, "a change says what was there")
                try expect(await one.record(of: key, at: now) == next, "and counts on")
                try expect(try await open().record(of: key, at: now) == next, "a third reads it too")
            }
        },
        Check(description: "kinds, clients and origins are counted apart") { open in
            let counts = try open()
            let keys = try keys()
            for (number, key) in keys.enumerated() {
                for _ in 0...number { _ = await counts.update(key, at: now, by: .spending(most: 100)) }
            }
            for (number, key) in keys.enumerated() {
                try expect(await counts.record(of: key, at: now)?.count == UInt32(number + 1), "\(key) has its own")
            }
        },
        Check(description: "a record counts until the microsecond at which it is forgotten") { open in
            let (one, other) = (try open(), try open())
            let key = try keys()[0]
            _ = await one.update(key, at: now, by: .proof(lifetime: 30))
            let end = now.adding(seconds: 30)
            let last = Timestamp(microseconds: end.microseconds - 1)
            for counts in [one, other] {
                try expect(await counts.record(of: key, at: last) != nil, "it counts to its end")
                try expect(await counts.record(of: key, at: end) == nil, "it ends there")
            }
            try expect(await other.update(key, at: end, by: failure) == nil, "a change finds nothing either")
            try expect(await one.record(of: key, at: end)?.count == 1, "and begins again")
        },
        Check(description: "a failure that has to wait changes nothing") { open in
            let counts = try open()
            let key = try keys()[0]
            for _ in 0..<3 { _ = await counts.update(key, at: now, by: failure) }
            let third = await counts.record(of: key, at: now)
            try expect(third?.count == 3 && third?.until == now.adding(seconds: 1), "the third waits a second")
            for _ in 0..<5 { _ = await counts.update(key, at: now, by: failure) }
            try expect(await counts.record(of: key, at: now) == third, "those that wait do not count")
            _ = await counts.update(key, at: now.adding(seconds: 1), by: failure)
            try expect(await counts.record(of: key, at: now.adding(seconds: 1))?.count == 4, "the next one does")
        },
        Check(description: "changes from many at once are all made") { open in
            let key = try keys()[0]
            let (writers, each) = (8, 200)
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<writers {
                    group.addTask {
                        let counts = try open()
                        for _ in 0..<each { _ = await counts.update(key, at: now, by: .spending(most: 100_000)) }
                    }
                }
            }
            let count = try await open().record(of: key, at: now)?.count
            try expect(count == UInt32(writers * each), "\(writers * each) changes come to \(count ?? 0)")
        },
    ]

    /// Keys of every kind, of two clients and from two origins.
    private static func keys() throws -> [FailureKey] {
        let ids = ["first", "second"].compactMap(ClientID.init)
        return ids.flatMap { id in
            [home, Origin(ipv6Network: 0x2001_0DB8_0000_0001)].flatMap { origin in
                [FailureKey.failures(id, origin), .proof(id, origin)]
            } + [.budget(id)]
        }
    }

    private static func expect(_ condition: Bool, _ promise: String) throws {
        try TokenStoreConformance.expect(condition, promise)
    }
}
