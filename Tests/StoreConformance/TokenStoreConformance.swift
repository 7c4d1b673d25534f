import Encoding
package import GrantCore

/// The suite that any token store passes: each check says in words what did not hold.
///
/// A store is made anew for each check; two stores of one place stand for two processes.
package struct TokenStoreConformance {
    /// Makes stores that share a new, empty place.
    package typealias Place = () throws -> () throws -> any TokenStore

    /// A promise that did not hold.
    package struct Broken: Error, CustomStringConvertible {
        package let description: String
    }

    /// One promise of `TokenStore`.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        let body: @Sendable (() throws -> any TokenStore) async throws -> Void

        /// Holds a store to the promise.
        package func run(_ place: Place) async throws {
            try await body(place())
        }
    }

    /// All of the promises that one process can be held to.
    package static let checks: [Check] = [
        Check(description: "an issued token is found with its grant and its times") { open in
            let store = try open()
            let token = try await store.issue(grant, at: start, lifetime: 3600)
            let expected = TokenRecord(grant: grant, issuedAt: start, expiresAt: start.adding(seconds: 3600))
            try expect(try await store.find(token, at: start) == expected, "it is found as it was issued")
        },
        Check(description: "an issued token is found by another process") { open in
            let (first, second) = (try open(), try open())
            for number in 0..<100 {
                let token = try await (number.isMultiple(of: 2) ? first : second).issue(grant, at: start, lifetime: 60)
                try expect(try await first.find(token, at: start)?.grant == grant, "the first process finds it")
                try expect(try await second.find(token, at: start)?.grant == grant, "the second process finds it")
            }
        },
        Check(description: "a token is good until the microsecond at which it expires") { open in
            let store = try open()
            for lifetime in [1, 2, 59, 60, 61, 3600, 86_400, 31_536_000] {
                let token = try await store.issue(grant, at: start, lifetime: lifetime)
                let end = start.adding(seconds: Int64(lifetime))
                let last = Timestamp(microseconds: end.microseconds - 1)
                try expect(try await store.find(token, at: last) != nil, "a lifetime of \(lifetime) s lasts to its end")
                try expect(try await store.find(token, at: end) == nil, "a lifetime of \(lifetime) s ends there")
            }
        },
        Check(description: "each token carries its own grant") { open in
            let (first, second) = (try open(), try open())
            let grants = try (0..<300).map { number in
                Grant(clientID: try id("client-\(number % 100)"), scope: try scope(number < 100 ? "" : "a:\(number) b"))
            }
            var tokens: [AccessToken] = []
            for (number, grant) in grants.enumerated() {
                await tokens.append(
                    try (number.isMultiple(of: 3) ? first : second).issue(grant, at: start, lifetime: 600)
                )
            }
            let third = try open()
            for (token, grant) in zip(tokens, grants) {
                for store in [first, second, third] {
                    try expect(try await store.find(token, at: start)?.grant == grant, "\(grant.clientID) has its own")
                }
            }
        },
        Check(description: "a revoked token is gone for every process, at once and for good") { open in
            let (first, second) = (try open(), try open())
            var tokens: [AccessToken] = []
            for _ in 0..<50 { tokens.append(try await first.issue(grant, at: start, lifetime: 3600)) }
            for token in tokens { try expect(try await second.find(token, at: start) != nil, "it is there before") }
            for (number, token) in tokens.enumerated() where number.isMultiple(of: 2) {
                try expect(try await second.revoke(token, at: start), "it was live")
                try expect(try await first.find(token, at: start) == nil, "the first process finds it no more")
                try expect(try await second.find(token, at: start) == nil, "the second process finds it no more")
                try expect(try await !first.revoke(token, at: start), "it cannot be revoked again")
            }
            let third = try open()
            for (number, token) in tokens.enumerated() {
                let isThere = try await third.find(token, at: start) != nil
                try expect(isThere == !number.isMultiple(of: 2), "those revoked are gone, and no other")
            }
        },
        Check(description: "a grant's generation is kept, and tells it from others") { open in
            let (first, second) = (try open(), try open())
            let generations = [nil, Generation("first"), Generation("second")]
            var issued: [(Grant, AccessToken)] = []
            for generation in generations {
                let own = Grant(clientID: grant.clientID, scope: grant.scope, generation: generation)
                issued.append((own, try await first.issue(own, at: start, lifetime: 60)))
            }
            for (own, token) in issued {
                for store in [first, second, try open()] {
                    try expect(try await store.find(token, at: start)?.grant == own, "each has its own")
                }
            }
        },
        Check(description: "a client ends its own tokens, and no other client's") { open in
            let (first, second) = (try open(), try open())
            let (own, other) = (grant, Grant(clientID: try id("another"), scope: try scope("a b")))
            let (mine, theirs) = await (
                try first.issue(own, at: start, lifetime: 60), try first.issue(other, at: start, lifetime: 60)
            )
            for store in [first, second] {
                try await expect(
                    try store.revoke(theirs, issuedTo: own.clientID, at: start) == .absent,
                    "another's is not revoked"
                )
                try await expect(
                    try store.revoke(mine, issuedTo: try id("nobody"), at: start) == .absent,
                    "nor by who has none"
                )
            }
            for store in [first, second] {
                try expect(try await store.find(theirs, at: start)?.grant == other, "another's lives on")
                try expect(try await store.find(mine, at: start)?.grant == own, "and so does the own one until then")
            }
            try expect(
                try await second.revoke(mine, issuedTo: own.clientID, at: start) == .ended,
                "the own one was live"
            )
            for store in [first, second, try open()] {
                try expect(try await store.find(mine, at: start) == nil, "the own one is gone for every process")
                try expect(try await store.find(theirs, at: start) != nil, "and still no other")
            }
            try await expect(
                try first.revoke(mine, issuedTo: own.clientID, at: start) == .absent,
                "it cannot be revoked again"
            )
        },
        Check(description: "an expired token is not there to be revoked") { open in
            let store = try open()
            let token = try await store.issue(grant, at: start, lifetime: 1)
            try expect(try await !store.revoke(token, at: start.adding(seconds: 1)), "it had expired")
        },
        Check(description: "what was never issued is not found and not revoked") { open in
            let (store, elsewhere) = (try open(), try open())
            let real = try await store.issue(grant, at: start, lifetime: 60).exposedValue
            for text in strangers(of: real) {
                guard let token = AccessToken(text) else { continue }
                try await expect(try elsewhere.find(token, at: start) == nil, "a stranger is not found")
                try expect(try await !elsewhere.revoke(token, at: start), "a stranger is not revoked")
            }
            guard let token = AccessToken(real) else { throw Broken(description: "a token has a token's form") }
            try expect(try await store.find(token, at: start) != nil, "the one that was issued is still there")
        },
        Check(description: "tokens have the form that the contract gives them, and no two are equal") { open in
            let store = try open()
            var seen: Set<String> = []
            for _ in 0..<1000 {
                let text = try await store.issue(grant, at: start, lifetime: 60).exposedValue
                try expect((43...80).contains(text.utf8.count), "43 to 80 characters: 256 bits or more")
                try expect(text.utf8.allSatisfy(Base64.urlAlphabet.contains), "of base64url")
                try expect(seen.insert(text).inserted, "each is new")
            }
        },
        Check(description: "an audience is kept with the grant, with a generation and without") { open in
            let (first, second) = (try open(), try open())
            let audiences = [["a"], ["https://api.example.com/orders", "stock"]].compactMap { Audience($0) }
            for audience in audiences + [.none] {
                for generation in [nil, Generation("first")] {
                    let own = Grant(clientID: grant.clientID, scope: .none, generation: generation, audience: audience)
                    let token = try await first.issue(own, at: start, lifetime: 60)
                    for store in [first, second, try open()] {
                        try expect(try await store.find(token, at: start)?.grant == own, "each has its own")
                    }
                }
            }
        },
        Check(description: "a signed token is known by the whole of it, and its jti opens nothing") { open in
            let (first, second) = (try open(), try open())
            var tokens: [AccessToken] = []
            for number in 0..<70 {
                tokens.append(
                    try await first.issue(grant, at: start, lifetime: 60) { opaque throws(StorageError) in
                        try signed(opaque.handle, by: "signature-\(number)")
                    }
                )
            }
            for token in tokens {
                let others = try [
                    AccessToken(token.handle), signed(token.handle, by: "another"),
                    AccessToken(token.exposedValue + "A"),
                ]
                for store in [first, second, try open()] {
                    try expect(try await store.find(token, at: start)?.grant == grant, "it is found")
                    for case let other? in others {
                        try expect(try await store.find(other, at: start) == nil, "nothing else is found by its jti")
                        try expect(try await !store.revoke(other, at: start), "nor is it revoked")
                    }
                }
                try expect(try await second.revoke(token, at: start), "it was live")
                try expect(try await first.find(token, at: start) == nil, "and is no more")
            }
        },
        Check(description: "a token that cannot be signed is not issued") { open in
            let store = try open()
            do throws(StorageError) {
                _ = try await store.issue(grant, at: start, lifetime: 60) { _ throws(StorageError) in
                    throw .unavailable("no key")
                }
                throw .unavailable("it was issued")
            } catch {
                try expect(error == .unavailable("no key"), "the reason is the signer's")
            }
            let token = try await store.issue(grant, at: start, lifetime: 60)
            try expect(try await store.find(token, at: start) != nil, "the next one is issued")
        },
    ]

    /// What looks like a signed token with this `jti`.
    private static func signed(_ handle: String, by signature: String) throws(StorageError) -> AccessToken {
        let claims = Base64.url.encode(Array("\(AccessToken.claimsBeginning)\(handle)\",\"scope\":\"a\"}".utf8))
        guard let token = AccessToken("e30.\(claims).\(signature)"), token.handle == handle else {
            throw .unavailable("this is a signed token's form")
        }
        return token
    }

    static let start = Timestamp(microseconds: 1_800_000_000_123_456)
    static let grant: Grant = {
        guard let id = ClientID("conformance") else { fatalError("this is an id") }
        return Grant(clientID: id, scope: .none)
    }()

    static func expect(_ condition: Bool, _ promise: String) throws {
        if !condition { throw Broken(description: "did not hold: \(promise)") }
    }

    private static func id(_ text: String) throws -> ClientID {
        guard let id = ClientID(text) else { throw Broken(description: "\(text) is an id") }
        return id
    }

    private static func scope(_ text: String) throws -> Scope {
        guard let scope = Scope(text) else { throw Broken(description: "\(text) is a scope") }
        return scope
    }

    /// Tokens that look like one that was issued: every character changed in turn, cut, and made longer.
    private static func strangers(of token: String) -> [String] {
        let characters = Array(token)
        let changed = characters.indices.flatMap { index in
            ["A", "B", "_"].filter { Character($0) != characters[index] }.map { other in
                String(characters[..<index]) + other + String(characters[(index + 1)...])
            }
        }
        return changed + [String(token.dropLast()), token + "A", String(token.reversed()), "A", "-"]
    }
}

extension TokenStore {
    /// Makes an opaque token.
    func issue(_ grant: Grant, at now: Timestamp, lifetime: Int) async throws(StorageError) -> AccessToken {
        try await issue(grant, at: now, lifetime: lifetime, signedBy: nil)
    }
}
