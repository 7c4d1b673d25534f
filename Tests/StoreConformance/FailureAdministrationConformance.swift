package import GrantCore

/// The suite that any `FailureAdministration` passes, beside the counts that it administers.
package struct FailureAdministrationConformance {
    /// Opens the counts, and their administration, of a new, empty place.
    package typealias Place =
        @Sendable () throws -> (counts: any FailureCounts, administration: any FailureAdministration)

    /// One promise of `FailureAdministration`.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        let body: @Sendable (any FailureCounts, any FailureAdministration) async throws -> Void

        /// Holds an administration to the promise.
        package func run(_ place: Place) async throws {
            let (counts, administration) = try place()
            try await body(counts, administration)
        }
    }

    private static let now = TokenStoreConformance.start
    private static let failure = FailureChange.failure(limit: 3, window: 60)
    private static let origins = [
        Origin(ipv4: 0xC000_0201), Origin(ipv4: 0xC000_0202), Origin(ipv6Network: 0x2001_0DB8_0000_0001),
        Origin(ipv6Network: 0), .unknown,
    ]

    /// All of the promises.
    package static let checks: [Check] = [
        Check(description: "nothing is on record of a client that never failed") { counts, administration in
            let (first, second) = try ids()
            _ = await counts.update(.failures(second, origins[0]), at: now, by: failure)
            try expect(try await administration.failures(of: first, at: now).isEmpty, "nothing is there")
        },
        Check(description: "a client's failures are listed with their origins, and no other's") {
            counts,
            administration in
            let (first, second) = try ids()
            var expected: [Origin: FailureRecord] = [:]
            for (number, origin) in origins.enumerated() {
                for _ in 0...number { _ = await counts.update(.failures(first, origin), at: now, by: failure) }
                _ = await counts.update(.proof(first, origin), at: now, by: .proof(lifetime: 60))
                _ = await counts.update(.failures(second, origin), at: now, by: failure)
                expected[origin] = await counts.record(of: .failures(first, origin), at: now)
            }
            let found = try await administration.failures(of: first, at: now)
            try expect(found.count == origins.count, "each origin once: \(found.count)")
            for entry in found { try expect(expected[entry.origin] == entry.record, "with what is on record") }
        },
        Check(description: "an origin that is not an address is listed as the unknown one") { counts, administration in
            let (first, _) = try ids()
            let other = Origin(bytes: Array("\0unix:/run/some.sock".utf8))
            _ = await counts.update(.failures(first, other), at: now, by: failure)
            let found = try await administration.failures(of: first, at: now)
            try expect(found.map(\.origin) == [.unknown] && found[0].record.count == 1, "it is counted")
        },
        Check(description: "what is forgotten by itself is not listed") { counts, administration in
            let (first, _) = try ids()
            _ = await counts.update(.failures(first, origins[0]), at: now, by: failure)
            let end = now.adding(seconds: 60)
            try expect(try await administration.failures(of: first, at: end).isEmpty, "it has ended")
        },
        Check(description: "all failures of a client are forgiven, and no other's") { counts, administration in
            let (first, second) = try ids()
            for origin in origins {
                for id in [first, second] {
                    for _ in 0..<3 { _ = await counts.update(.failures(id, origin), at: now, by: failure) }
                    _ = await counts.update(.proof(id, origin), at: now, by: .proof(lifetime: 60))
                }
            }
            for id in [first, second] { _ = await counts.update(.budget(id), at: now, by: .spending(most: 10)) }
            try await administration.forgive(first, from: nil, at: now)
            for origin in origins {
                try expect(await counts.record(of: .failures(first, origin), at: now) == nil, "it is forgiven")
                try expect(await counts.record(of: .proof(first, origin), at: now) != nil, "what it proved stays")
                try expect(await counts.record(of: .failures(second, origin), at: now)?.count == 3, "the other is not")
            }
            try expect(await counts.record(of: .budget(first), at: now) == nil, "what it spent is given back")
            try expect(await counts.record(of: .budget(second), at: now) != nil, "the other's is not")
            try expect(try await administration.failures(of: first, at: now).isEmpty, "nothing is listed")
            _ = await counts.update(.failures(first, origins[0]), at: now, by: failure)
            try expect(await counts.record(of: .failures(first, origins[0]), at: now)?.count == 1, "it begins again")
        },
        Check(description: "the failures from one origin are forgiven, and no other's") { counts, administration in
            let (first, _) = try ids()
            for origin in origins { _ = await counts.update(.failures(first, origin), at: now, by: failure) }
            try await administration.forgive(first, from: origins[1], at: now)
            let left = try await administration.failures(of: first, at: now).map(\.origin)
            try expect(Set(left) == Set(origins).subtracting([origins[1]]), "the others are left")
        },
    ]

    private static func ids() throws -> (ClientID, ClientID) {
        guard let first = ClientID("first"), let second = ClientID("second") else { fatalError("these are ids") }
        return (first, second)
    }

    private static func expect(_ condition: Bool, _ promise: String) throws {
        try TokenStoreConformance.expect(condition, promise)
    }
}
