import Encoding
import FileStore
import GrantCore
import JOSE

/// A client in the making from another system's members: what fits is taken, what does not is noted.
struct ClientDraft {
    /// Why an entry makes no client.
    struct Refusal: Error {
        let reason: String
    }

    private(set) var client: Client
    private(set) var secrets: [ImportedSecret] = []
    /// What could not be taken over.
    private(set) var notes: [String] = []

    /// A client of this id.
    init(id: String) throws(Refusal) {
        guard let id = ClientID(id) else {
            throw Refusal(reason: "an id has 1 to \(ClientID.maximumLength) bytes and no control characters")
        }
        client = Client(id: id)
    }

    /// What comes of the client of an id: its draft, or why there is none.
    static func entry(of id: String, _ make: () throws(Refusal) -> ClientDraft) -> ImportEntry {
        let place = "client \(id)"
        do throws(Refusal) {
            let draft = try make()
            return ImportEntry(place: place, id: id, outcome: .client(draft.client, draft.secrets), notes: draft.notes)
        } catch {
            return ImportEntry(place: place, id: id, outcome: .refused(error.reason))
        }
    }

    /// Adds what an administrator has to know.
    mutating func note(_ text: String) { notes.append(text) }

    /// Takes a name for people.
    mutating func name(_ name: String?) {
        guard let name else { return }
        guard Client.isName(name) else {
            return note("its name was left out: a name has 1 to \(Client.longestName) bytes and no control characters")
        }
        client.name = name
    }

    /// Takes the words of its scope.
    mutating func scope(_ words: [String]) throws(Refusal) {
        guard let scope = Scope(words.joined(separator: " ")) else {
            throw Refusal(reason: "a word of its scope is not printable ASCII without \" and \\")
        }
        guard scope.description.utf8.count <= Client.longestScope else {
            throw Refusal(reason: "its scope has more than \(Client.longestScope) bytes")
        }
        client.scope = scope
    }

    /// Takes its tokens' lifetime in seconds.
    mutating func lifetime(_ seconds: Int64?) {
        guard let seconds else { return }
        guard Client.lifetimes.contains(Int(clamping: seconds)) else {
            return note(
                "its tokens' lifetime of \(seconds) s was left out: 1 to \(Client.lifetimes.upperBound) is taken"
            )
        }
        client.accessTokenLifetime = Int(seconds)
    }

    /// Takes the only way in which it may authenticate.
    mutating func method(_ method: ClientAuthenticationMethod?) { client.authenticationMethod = method }

    /// Takes the public keys by which its assertions are verified: a JWK Set, its array of keys, or the text of either.
    mutating func keys(_ value: JSONDocument) throws(Refusal) {
        var document = value
        if case .string(let text) = value, let parsed = try? JSONDocument(Array(text.utf8)) { document = parsed }
        if case .array = document { document = .object(["keys": document]) }
        let set: JWKSet
        do throws(JWKSet.Fault) { set = try JWKSet(document) } catch { throw Refusal(reason: "its jwks \(error)") }
        guard !set.keys.isEmpty else {
            throw Refusal(
                reason: "its jwks has no key that can be used" + (set.skipped.first.map { ": \($0)" } ?? "")
            )
        }
        for key in set.skipped { note("\(key); it was left out") }
        client.keys = JWKSet(publishing: set.keys)
    }

    /// Takes the one algorithm that its assertions are signed by; nil for any.
    mutating func assertions(signedBy name: String?) throws(Refusal) {
        guard let name else { return }
        guard let algorithm = Algorithm(rawValue: name) else {
            throw Refusal(reason: "its assertions are signed by \(name), which grantd does not take")
        }
        client.assertions.algorithm = algorithm
    }

    /// Takes the services that its tokens may be for.
    ///
    /// - Parameter isDefault: whether its tokens are for them without being asked for.
    mutating func audiences(_ names: [String], isDefault: Bool = false) {
        guard !names.isEmpty else { return }
        guard let audience = Audience(names) else {
            return note("its audiences were left out: up to \(Audience.mostNames) names of visible ASCII are taken")
        }
        client.audiences = audience
        guard isDefault else { return }
        client.defaultAudience = audience
        note("its tokens have an audience: a location takes them if it names that, set $oauth_audience")
    }

    /// Notes that its tokens were JWTs.
    mutating func noteSignedTokens() {
        note(
            "its tokens were JWTs; it gets opaque ones until grantctl client set --token-format jwt, with a signing key"
        )
    }

    /// Switches it on or off.
    mutating func active(_ isActive: Bool) { client.isActive = isActive }

    /// Notes the grants that grantd does not have.
    mutating func leaveOut(grants: [String]) {
        let others = grants.filter { $0 != GrantType.clientCredentials }
        if !others.isEmpty {
            note("it keeps the client credentials grant alone, without \(others.joined(separator: ", "))")
        }
    }

    /// Takes a secret in clear.
    ///
    /// - Parameter isRandom: whether it was made at random, of at least 128 bits.
    mutating func secret(
        _ text: String,
        isRandom: Bool = false,
        createdAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil
    ) {
        guard let secret = ClientSecret(text), isRandom || text.utf8.count <= Yescrypt.longestSecret else {
            return note("a secret was left out: 1 to \(Yescrypt.longestSecret) bytes without NUL are taken")
        }
        secrets.append(
            ImportedSecret(
                value: isRandom ? .random(secret) : .chosen(secret),
                createdAt: createdAt,
                expiresAt: expiresAt
            )
        )
    }

    /// Takes a secret's hash.
    mutating func hash(_ text: String, expiresAt: Timestamp? = nil) {
        do throws(UnusableHash) {
            secrets.append(ImportedSecret(value: .hash(try SecretHash(text)), expiresAt: expiresAt))
        } catch {
            note("its secret's hash \(error.reason)")
        }
    }
}
