import Encoding

@testable import FileStore
@testable import GrantCore

/// A site with three clients, of which two have a token, over files in memory.
struct SmallSite {
    /// When everything happens.
    static let now = Timestamp(seconds: 1_800_000_000)
    /// The clients' names, in the order of the small bytes that stand for their secrets, from 1 on, and their tokens, from
    /// 4 on; the last one is switched off, and has none.
    static let names = ["billing", "gateway", "locked"]
    /// Their secrets.
    static let secrets = [
        "4mVt0kzW2Qe9Yb7Xc1Lr8Ns5", "Hq3uJ6pA0dFg9Zx2Tc7Vw1Ke", "bR8yM5nS4oD1iU7lP0aG3hE6",
    ]

    /// The clients by their names.
    let clients: [String: Client]
    /// A live token of each client that may have one.
    let tokens: [(name: String, token: AccessToken)]
    let store: FileTokenStore
    let token: TokenEndpoint
    let introspection: IntrospectionEndpoint
    let revocation: RevocationEndpoint
    let bearer: BearerCheck

    private static let files = {
        let files = MemoryFileSystem()
        files["", "key"] = [UInt8](repeating: 9, count: 32)
        files["tokens", "none"] = []
        files["clients", "none"] = []
        return files
    }()

    private static let issued: [(name: String, token: AccessToken)] = {
        let store = open(files)
        return names.dropLast().map { name in
            guard let client = registered[name],
                let token = try? store.issue(Grant(clientID: client.id, scope: client.scope), at: now, lifetime: 3600)
            else { fatalError("a token is issued to each") }
            return (name, token)
        }
    }()

    private static func open(_ files: MemoryFileSystem) -> FileTokenStore {
        do {
            return FileTokenStore(in: try StateDirectory(path: "/state", fileSystem: files), durability: .process)
        } catch {
            fatalError("the state can be used: \(error)")
        }
    }

    init() {
        // First, so that they are in the files.
        tokens = Self.issued
        clients = Self.registered
        store = Self.open(MemoryFileSystem(copyOf: Self.files))
        let registry = Registry(clients: clients)
        let authenticator = ClientAuthenticator(
            registry: registry,
            secrets: SecretMatcher(passwordHash: Yescrypt()),
            limiter: FailureLimiter(counts: NoCounts(), limit: 10, window: 60),
            assertions: AssertionRules(issuer: Self.issuer, used: Used())
        )
        let verifier = TokenVerifier(registry: registry, tokens: store)
        token = TokenEndpoint(authenticator: authenticator, tokens: store, defaultLifetime: 3600)
        introspection = IntrospectionEndpoint(
            authenticator: authenticator,
            verifier: verifier,
            issuer: Self.issuer
        )
        revocation = RevocationEndpoint(authenticator: authenticator, tokens: store)
        bearer = BearerCheck(verifier: verifier)
    }

    /// The clients by their names, made each time for the sake of their keys: see `key`.
    private static var registered: [String: Client] {
        var clients: [String: Client] = [:]
        for (name, text) in zip(names, secrets) {
            guard let id = ClientID(name), let secret = ClientSecret(text),
                let scope = Scope("orders.read invoices.write")
            else { fatalError("these are an id, a secret and a scope") }
            var client = Client(id: id)
            client.secrets = [StoredSecret(hash: SecretHash(ofGenerated: secret), createdAt: nil)]
            client.scope = scope
            client.mayIntrospect = name == "gateway"
            client.isActive = name != "locked"
            // The gateway has a secret alone.
            client.keys = name == "gateway" ? nil : keys(of: name)
            client.audiences = Audience(["https://api.example.com", "orders"]) ?? .none
            clients[name] = client
        }
        return clients
    }

    private struct Registry: ClientRegistry {
        let clients: [String: Client]

        func client(for id: ClientID) throws(StorageError) -> Client? { clients[id.value] }
    }

    private struct NoCounts: FailureCounts {
        func record(of key: FailureKey, at now: Timestamp) -> FailureRecord? { nil }
        func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) -> FailureRecord? { nil }
    }
}

/// A request as an input makes it, and what of the site's secrets, tokens and assertions is in it.
struct AskedRequest {
    let request: EndpointRequest
    private let secrets: Set<String>
    private let tokens: Set<String>
    private let hasAssertion: Bool
    private let signed: [SignedClaims]
    private let site: SmallSite

    /// - Parameters:
    ///   - options: the method, the body's length, and what the parts are written as; its lowest bits are of no matter here.
    ///   - parts: Content-Type, Authorization, query and body.
    init(options: UInt8, parts: [ArraySlice<UInt8>], site: SmallSite) {
        var signed: [SignedClaims] = []
        let texts = parts.map { part in
            Self.withSignatures(part, noting: &signed).flatMap { Self.expanded($0, site) }
        }
        self.signed = signed
        // By what is there, since libFuzzer learns secrets and tokens from the comparisons that it sees.
        let whole = Array(texts.joined(separator: [0]))
        secrets = Set(zip(SmallSite.names, SmallSite.secrets).filter { whole.contains($0.1.utf8) }.map(\.0))
        tokens = Set(site.tokens.filter { whole.contains($0.token.exposedValue.utf8) }.map(\.name))
        hasAssertion = whole.contains(SmallSite.assertion.utf8)
        self.site = site
        var contentType = String(validating: texts[0], as: UTF8.self)
        if options & 4 != 0 { contentType = "application/x-www-form-urlencoded" }
        if options & 8 != 0 { contentType = "application/json" }
        var authorization = String(validating: texts[1], as: UTF8.self)
        if options & 16 != 0 { authorization = "Basic " + Base64.standard.encode(texts[1]) }
        request = EndpointRequest(
            method: options & 64 != 0 ? "GET" : "POST",
            query: String(validating: texts[2], as: UTF8.self),
            contentType: contentType,
            authorization: authorization,
            body: options & 32 != 0 ? .tooLarge(limit: 100) : .whole(texts[3])
        )
    }

    /// A part in which each header and payload between the bytes 6, 7 and 8 have become a JWS that the site's key signed.
    private static func withSignatures(_ part: ArraySlice<UInt8>, noting signed: inout [SignedClaims]) -> [UInt8] {
        var text: [UInt8] = []
        var rest = part
        while let start = rest.firstIndex(of: 6), let middle = rest[start...].firstIndex(of: 7),
            let end = rest[middle...].firstIndex(of: 8)
        {
            let (header, payload) = (Array(rest[(start + 1)..<middle]), Array(rest[(middle + 1)..<end]))
            text += rest[..<start] + SmallSite.signed(header: header, payload: payload).utf8
            if let claims = SignedClaims(header: header, payload: payload) { signed.append(claims) }
            rest = rest[(end + 1)...]
        }
        return text + rest
    }

    private static func expanded(_ byte: UInt8, _ site: SmallSite) -> [UInt8] {
        switch Int(byte) {
        case 1...3: Array(SmallSite.secrets[Int(byte) - 1].utf8)
        case 4..<4 + site.tokens.count: Array(site.tokens[Int(byte) - 4].token.exposedValue.utf8)
        case 11: Array(SmallSite.assertion.utf8)
        default: [byte]
        }
    }

    /// Whether it has what authenticates a client: its secret, or an assertion.
    func proves(_ name: String) -> Bool { has(secret: name) || hasAssertion(of: name) }

    /// Whether it has a good assertion of a client.
    private func hasAssertion(of name: String) -> Bool {
        name == "billing" && hasAssertion || name != "gateway" && signed.contains { $0.proves(name) }
    }

    /// Whether a client's secret is in it.
    func has(secret name: String) -> Bool { secrets.contains(name) }

    /// Whether a client's token is in it.
    func has(token name: String) -> Bool { tokens.contains(name) }

    /// Whether it has what authenticates a client that may authenticate.
    var provesActiveClient: Bool { SmallSite.names.contains { proves($0) && site.clients[$0]?.isActive == true } }

    /// No secret and no token is in an answer that was not in the request.
    func expectKept(in answer: String) {
        for (name, secret) in zip(SmallSite.names, SmallSite.secrets) where !has(secret: name) {
            expect(!answer.contains(secret), "no secret is in an answer")
        }
        for (name, token) in site.tokens where !has(token: name) {
            expect(!answer.contains(token.exposedValue), "no token of another is in an answer")
        }
    }
}
