import FileStore
import GrantCore
import Testing

@testable import RedisStore

@Suite("A changed client takes effect at the next request") struct ClientVersionTests {
    private let now = KernelFileSystem().now

    private func id(_ text: String) throws -> ClientID { try #require(ClientID(text)) }

    @Test func `A value that is new under its tag makes a process forget, wherever else it was seen`() throws {
        let versions = ClientVersions()
        let (value, other) = (RedisReply.text([1]), RedisReply.text([2]))
        try versions.note(value, of: Tag(1))
        let first = versions.epoch
        try versions.note(value, of: Tag(1))
        #expect(versions.epoch == first)
        try versions.note(value, of: Tag(2))
        #expect(versions.epoch == first + 1)
        try versions.note(other, of: Tag(1))
        try versions.note(value, of: Tag(1))
        #expect(versions.epoch == first + 3)
        #expect(throws: EngineFailure.self) { try versions.note(.null, of: Tag(1)) }
    }

    @Test func `Values that are read ahead count as met, and begin no other reading`() throws {
        let versions = ClientVersions()
        var begun = 0
        versions.onChange = { begun += 1 }
        let (value, other) = (RedisReply.text([1]), RedisReply.text([2]))
        try versions.note(value, of: Tag(1))
        versions.note([(Tag(1), value), (Tag(2), value), (Tag(3), .error("MOVED 1 a:1")), (Tag(4), .null)])
        let read = versions.epoch
        #expect(read == 2 && begun == 1)
        try versions.note(value, of: Tag(2))
        versions.note([(Tag(1), value)])
        #expect(versions.epoch == read)
        // Nothing was learned of these two.
        try versions.note(value, of: Tag(3))
        try versions.note(value, of: Tag(4))
        try versions.note(other, of: Tag(2))
        #expect(versions.epoch == read + 3 && begun == 4)
    }

    @Test func `A worker soon knows the versions under all tags, at first and after each change of a client`() throws {
        let processes = try EngineProcesses(.redis)
        let machines = Machines(on: processes)
        let clients = RedisClientAdministration(in: try machines.openFirst().engine, user: 0)
        let worker = try machines.open(readsAhead: true)
        let grant = Grant(clientID: try id("web"), scope: .none)
        try machines.run {
            try await clients.add(Client(id: id("web")), as: .add)
            for isChanged in [false, true] {
                if isChanged { try await clients.update(id("web"), as: .disable) { $0.isActive = false } }
                // So few tokens meet a third of the 1,024 tags.
                var (calm, issued) = (0, 0)
                while calm < 100, issued < 400 {
                    let basis = worker.registry.basis
                    _ = try await worker.tokens.issue(grant, at: now, lifetime: 600)
                    issued += 1
                    calm = worker.registry.basis == basis ? calm + 1 : 0
                    await worker.engine.loop.sleep(for: .milliseconds(10))
                }
                #expect(calm == 100)
            }
        }
    }

    @Test func `A member that was started anew makes a process forget, since it may have older values`() throws {
        let (isFirstStart, isFirstQuestion) = (AtomicFlag(), AtomicFlag())
        let member = try FakeMember { words in
            switch words.first {
            case "INFO":
                .text(
                    FakeMember.bulk("run_id:\(isFirstStart.take() ? "a" : "b")\r\nmaster_replid:c\r\nrole:master\r\n")
                )
            case "MGET": isFirstQuestion.take() ? FakeMember.healthy(words) : .close(after: [])
            default: FakeMember.healthy(words)
            }
        }
        let machines = Machines([.socket(path: member.path)])
        machines.kept = member
        machines.patience = .seconds(2)
        let store = try machines.open()
        let token = try machines.run {
            try await store.tokens.issue(Grant(clientID: id("web"), scope: .none), at: now, lifetime: 60)
        }
        _ = try machines.run { try await store.tokens.find(token, at: now) }
        let basis = store.registry.basis
        // The values are the same as before; the process that answers is another one.
        #expect(throws: StorageError.self) { try machines.run { try await store.tokens.find(token, at: now) } }
        #expect(store.registry.basis > basis)
    }

    @Test func `The late write of an earlier change brings no remembered client back`() throws {
        let processes = try EngineProcesses(.redis)
        let machines = Machines(on: processes)
        let administrator = try machines.openFirst()
        let clients = RedisClientAdministration(in: administrator.engine, user: 0)
        let worker = try machines.open()
        let verifier = TokenVerifier(registry: worker.registry, tokens: worker.tokens)
        try machines.run {
            try await clients.add(Client(id: id("web")), as: .add)
            let grant = Grant(clientID: try id("web"), scope: .none)
            var tokens: [AccessToken] = []
            for _ in 0..<20 { tokens.append(try await worker.tokens.issue(grant, at: now, lifetime: 600)) }
            // An earlier change has come as far as the first token's tag, and the worker has seen it there.
            let tags = try await tags(of: tokens, in: worker)
            processes.ask(processes.ports[0], "SET", tags[0], "earlier")
            #expect(try await verifier.verify(tokens[0], at: now) != nil)
            try await clients.update(id("web"), as: .disable) { $0.isActive = false }
            for (token, tag) in zip(tokens, tags).dropFirst() where tag != tags[0] {
                processes.ask(processes.ports[0], "SET", tag, "earlier")
                #expect(try await verifier.verify(token, at: now) == nil)
            }
        }
    }

    /// The names of the keys that hold the tokens' versions.
    private func tags(of tokens: [AccessToken], in store: RedisStore) async throws -> [String] {
        let codec = try await EngineKey(of: store.engine).value().tokens
        return try tokens.map { token in
            let bytes = try #require(codec.bytes(of: token))
            return String(decoding: TokenKey(of: token, bytes).tag.key("g"), as: UTF8.self)
        }
    }

    @Test func `What is new under the tag of a new token costs no second token`() throws {
        let machines = Machines(on: try EngineProcesses(.redis))
        let first = try machines.openFirst()
        let clients = RedisClientAdministration(in: first.engine, user: 0)
        let secret = try #require(ClientSecret("a secret"))
        var client = Client(id: try id("web"))
        client.secrets = [StoredSecret(hash: SecretHash(ofGenerated: secret), createdAt: nil)]
        let worker = try machines.open()
        let endpoint = TokenEndpoint(
            authenticator: ClientAuthenticator(
                registry: worker.registry,
                secrets: SecretMatcher(passwordHash: Yescrypt()),
                limiter: FailureLimiter(counts: worker.counts, limit: 10, window: 60)
            ),
            tokens: worker.tokens,
            defaultLifetime: 60
        )
        let request = EndpointRequest(
            method: "POST",
            contentType: "application/x-www-form-urlencoded",
            authorization: nil,
            body: .whole(Array("grant_type=client_credentials&client_id=web&client_secret=a+secret".utf8))
        )
        try machines.run {
            try await clients.add(client, as: .add)
            for _ in 0..<50 {
                var examination = Examination(clock: { KernelFileSystem().now })
                _ = try await endpoint.respond(to: request, in: &examination)
            }
            #expect(try await first.countTokens().map(\.tokens) == [50])
        }
    }
}
