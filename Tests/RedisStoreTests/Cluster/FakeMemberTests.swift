import FileStore
import Glibc
import GrantCore
import Testing

@testable import RedisStore

/// Whatever a member answers, a question ends in an answer or a clear error, and no token is good because of it.
@Suite("What members may answer") struct FakeMemberTests {
    private let token = AccessToken(encoding: [UInt8](repeating: 7, count: 48))
    private let grant = TokenStoreConformanceGrant.grant
    private let now = KernelFileSystem().now

    /// A store on a member whose answers to some commands differ from a healthy one's.
    private func store(
        patience: Duration = .seconds(5),
        _ answer: @escaping @Sendable ([String]) -> FakeMember.Answer?
    ) throws -> (Machines, RedisStore, FakeMember) {
        let member = try FakeMember { answer($0) ?? FakeMember.healthy($0) }
        let machines = Machines([.socket(path: member.path)])
        machines.patience = patience
        machines.answerTime = RedisConnection.patience
        machines.kept = member
        return (machines, try machines.open(), member)
    }

    @Test func `A healthy one issues, and a token that it does not know is unknown`() throws {
        let (machines, store, _) = try store { _ in nil }
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 60) }
        #expect(try machines.run { try await store.tokens.find(token, at: now) } == nil)
    }

    static let replies: [(String, FakeMember.Answer)] = [
        ("LOADING", .text("-LOADING Redis is loading the dataset in memory\r\n")),
        ("CLUSTERDOWN", .text("-CLUSTERDOWN Hash slot not served\r\n")),
        ("TRYAGAIN", .text("-TRYAGAIN Multiple keys request during rehashing of slot\r\n")),
        ("MASTERDOWN", .text("-MASTERDOWN Link with MASTER is down\r\n")),
        ("BUSY", .text("-BUSY Redis is busy running a script\r\n")),
        ("READONLY", .text("-READONLY You can't write against a read only replica.\r\n")),
        ("OOM", .text("-OOM command not allowed when used memory > 'maxmemory'.\r\n")),
        ("MISCONF", .text("-MISCONF Redis is configured to save RDB snapshots\r\n")),
        ("NOREPLICAS", .text("-NOREPLICAS Not enough good replicas to write.\r\n")),
        ("NOAUTH", .text("-NOAUTH Authentication required.\r\n")),
        ("NOPERM", .text("-NOPERM this user has no permissions\r\n")),
        ("MOVED to itself, again and again", .text("-MOVED 7629 127.0.0.1:1\r\n")),
        ("ASK into the void", .text("-ASK 7629 127.0.0.1:1\r\n")),
        ("MOVED without an address", .text("-MOVED\r\n")),
        ("an error without words", .text("-\r\n")),
        ("half an answer", .close(after: Array("*2\r\n$22\r\nabc".utf8))),
        ("the end of the connection", .close(after: [])),
        ("silence", .silence),
        ("garbage", .bytes([0, 255, 1, 254, 13, 10, 13, 10])),
        ("a web server's answer", .text("HTTP/1.1 400 Bad Request\r\n\r\n")),
        ("a number", .text(":1\r\n")),
        ("an empty array", .text("*0\r\n")),
        ("nil", .text("*-1\r\n")),
        ("an array of a thousand million", .text("*1000000000\r\n")),
        ("a string of a thousand million", .text("$1000000000\r\n" + String(repeating: "x", count: 3 << 20))),
        ("nesting without end", .text(String(repeating: "*1\r\n", count: 2000))),
        ("ten megabytes", .text("*2\r\n" + FakeMember.bulk(String(repeating: "x", count: 10 << 20)) + "$1\r\nv\r\n")),
        ("a negative length", .text("$-5\r\nabc\r\n")),
        ("more answers than questions", .text("*2\r\n$-1\r\n$8\r\nversion1\r\n*2\r\n$-1\r\n$8\r\nversion1\r\n")),
        ("a record of an unknown version", .text("*2\r\n$20\r\n\u{9}234567890123456789\u{30}\r\n$8\r\nversion1\r\n")),
        ("a record that is cut", .text("*2\r\n$3\r\n\u{1}ab\r\n$8\r\nversion1\r\n")),
        ("no version of the registry", .text("*2\r\n$-1\r\n$-1\r\n")),
    ]

    @Test(arguments: replies.indices)
    func `A check is never answered with yes, nor is it forgotten`(index: Int) throws {
        let (name, answer) = Self.replies[index]
        let (machines, patient, _) = try store { $0.first == "MGET" ? answer : nil }
        let known = try machines.run { try await patient.tokens.issue(grant, at: now, lifetime: 60) }
        machines.patience = .milliseconds(300)
        let store = try machines.open()
        let began = ContinuousClock.now
        var found: TokenRecord?
        do {
            found = try machines.run { try await store.tokens.find(known, at: now) }
        } catch {
            #expect(error is StorageError, "\(name): \(error)")
        }
        #expect(found == nil, "\(name)")
        #expect(.now - began < .seconds(20), "\(name)")
    }

    @Test(arguments: replies.indices)
    func `A token is not issued on the word of such an answer`(index: Int) throws {
        let (name, answer) = Self.replies[index]
        let (machines, store, _) = try store(patience: .milliseconds(300)) {
            $0.first == "SET" ? answer : nil
        }
        let error = #expect(throws: (any Error).self, "\(name)") {
            try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 60) }
        }
        #expect(error is StorageError, "\(name)")
    }

    @Test(arguments: replies.indices)
    func `No client is found in such an answer`(index: Int) throws {
        let (name, answer) = Self.replies[index]
        let (machines, store, _) = try store(patience: .milliseconds(300)) {
            $0.first == "HGET" ? answer : nil
        }
        do {
            let client = try machines.run { try await store.registry.client(for: grant.clientID) }
            #expect(client == nil, "\(name)")
        } catch {
            #expect(error is StorageError, "\(name): \(error)")
        }
    }

    /// Everything else that is asked besides: who it is, what it has, its key, what it counts.
    @Test(arguments: ["CLUSTER", "INFO", "FCALL_RO", "FCALL", "GET", "DEL", "WAIT"])
    func `Whatever is answered in an odd way, every question ends, and no token is good`(command: String) throws {
        for (name, answer) in Self.replies where !["silence", "ten megabytes"].contains(name) {
            let (machines, store, _) = try store(patience: .milliseconds(50)) { $0.first == command ? answer : nil }
            try machines.run {
                let token = try? await store.tokens.issue(grant, at: now, lifetime: 60)
                let known = token ?? self.token
                let found = try? await store.tokens.find(known, at: now)
                #expect(found == nil, "\(command): \(name)")
                _ = try? await store.tokens.revoke(known, issuedTo: nil, at: now)
                _ = try? await store.registry.client(for: grant.clientID)
                let failures = FailureKey.failures(grant.clientID, .unknown)
                _ = await store.counts.update(failures, at: now, by: .failure(limit: 3, window: 60))
                _ = try? await store.requireUsable()
            }
        }
    }

    @Test func `An answer that comes too late is thrown away with its connection, and the question is asked anew`()
        throws
    {
        let late = RedisConnection.patience + .milliseconds(200)
        let first = AtomicFlag()
        let (machines, store, member) = try store(patience: .seconds(5)) { words in
            guard words.first == "MGET", first.take() else { return nil }
            // It says that the token is good, as a primary would that does not know that it was deposed.
            let record = EngineRecord.bytes(
                of: TokenStoreConformanceGrant.grant,
                issuedAt: KernelFileSystem().now,
                lifetime: 60
            )
            return .late(
                milliseconds: UInt32(late / .milliseconds(1)),
                Array("*2\r\n$\(record.count)\r\n".utf8) + record + Array("\r\n$8\r\nversion1\r\n".utf8)
            )
        }
        let token = try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 60) }
        #expect(try machines.run { try await store.tokens.find(token, at: now) } == nil)
        #expect(member.questions.filter { $0.first == "MGET" }.count == 2)
    }

    @Test func `So is one that was there in time, and that a stopped process reads too late`() throws {
        let member = try FakeMember { _ in .text("+OK\r\n") }
        let loop = try EngineLoop(patience: .milliseconds(50))
        let connection = try loop.connect(to: .socket(path: member.path))
        var outcome: Result<[RedisReply], ConnectionFailure>?
        connection.ask(RedisCommands("PING")) { outcome = $0 }
        _ = loop.flush()
        usleep(200_000)
        #expect(member.questions == [["PING"]], "it has been answered")
        loop.handleEvents()
        #expect(outcome == .failure(.late))
    }

    @Test(arguments: [
        ("INFO", "-NOAUTH Authentication required.\r\n", "refuses the user or the password"),
        ("INFO", "-NOPERM no permission\r\n", "grantctl store acl"),
        ("FCALL_RO", "-ERR Function not found\r\n", "grantctl store init"),
        ("FCALL_RO", ":99\r\n", "grantctl store init"),
        ("GET", "$-1\r\n", "grantctl store init"),
        ("INFO", "$10\r\nrole:slave\r\n", "is a replica"),
    ])
    func `A wrong setup is one clear sentence`(command: String, reply: String, words: String) throws {
        let (machines, store, _) = try store { $0.first == command ? .text(reply) : nil }
        let failure = #expect(throws: EngineFailure.self) { try machines.run { try await store.requireUsable() } }
        guard case .misconfigured(let text)? = failure else {
            Issue.record("\(String(describing: failure)) is no misconfiguration")
            return
        }
        #expect(text.contains(words) && !text.contains("\n"), "\(text)")
    }

    @Test func `The password is in no error`() throws {
        let member = try FakeMember {
            $0.first == "AUTH" ? .text("-WRONGPASS invalid username-password pair\r\n") : .text("-NOAUTH no\r\n")
        }
        let machines = Machines([.socket(path: member.path)])
        let store = try machines.open { settings in
            settings.user = "grantd"
            settings.password = Array("top-secret".utf8)
        }
        let failure = #expect(throws: EngineFailure.self) { try machines.run { try await store.requireUsable() } }
        #expect(failure?.description.contains("GRANTD_STORE_PASSWORD_FILE") == true)
        #expect(failure?.description.contains("top-secret") == false)
        #expect(!machines.reports.contains { "\($0)".contains("top-secret") })
        #expect(!String(reflecting: store.engine.settings).contains("top-secret"))
        #expect(member.questions.first == ["AUTH", "grantd", "top-secret"])
    }

    @Test func `Nobody there is an error once the patience has passed`() throws {
        let machines = Machines([.socket(path: "/nonexistent/engine.sock")])
        machines.patience = .milliseconds(200)
        let store = try machines.open()
        #expect(throws: StorageError.self) { try machines.run { try await store.tokens.find(token, at: now) } }
        #expect(throws: StorageError.self) {
            try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 60) }
        }
        #expect(throws: StorageError.self) { try machines.run { try await store.registry.client(for: grant.clientID) } }
    }

    @Test func `A member that is full is said to be full at once`() throws {
        let (machines, store, _) = try store(patience: .seconds(30)) { words in
            words.first == "SET" ? .text("-OOM command not allowed\r\n") : nil
        }
        let error = #expect(throws: StorageError.self) {
            try machines.run { try await store.tokens.issue(grant, at: now, lifetime: 60) }
        }
        guard case .full? = error else {
            Issue.record("\(String(describing: error)) is not full")
            return
        }
    }

    @Test func `The commands of many requests leave in one write and are told apart`() throws {
        let (machines, store, member) = try store { _ in nil }
        let tokens = try machines.run {
            try await withThrowingTaskGroup(of: AccessToken.self) { group in
                nonisolated(unsafe) let store = store
                let (grant, now) = (grant, now)
                for _ in 0..<300 { group.addTask { try unsafe await store.tokens.issue(grant, at: now, lifetime: 60) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(Set(tokens.map(\.exposedValue)).count == 300)
        #expect(member.questions.filter { $0.first == "SET" }.count == 300)
    }
}

/// A grant for tests.
enum TokenStoreConformanceGrant {
    static let grant: Grant = {
        guard let id = ClientID("a client"), let scope = Scope("read write") else {
            fatalError("these are an id and a scope")
        }
        return Grant(clientID: id, scope: scope, generation: Generation("one"))
    }()
}
