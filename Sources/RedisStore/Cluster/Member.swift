import GrantCore
import Linux

/// One member of the engine: its connections, and whether it may be asked.
///
/// Before a member is asked anything it is shown to be what it should be, and gets this machine's journal if it, or the
/// history of its data, was not met before.
final class Member {
    let name: MemberName
    unowned let engine: Engine
    private var main: RedisConnection?
    private var isReady = false
    private var preparation: SharedResult<EngineFailure?>?
    private var retryAt: ContinuousClock.Instant?
    private var lastFailure: EngineFailure?
    /// Until when it is not chosen for new tokens.
    private var closedUntil: ContinuousClock.Instant?
    /// The commands that wait for replicas have a connection of their own, since `WAIT` blocks it.
    private(set) lazy var confirmations = Confirmations(of: self)

    /// How long after a failure the next attempt is made.
    private static let pause: Duration = .milliseconds(100)
    private static let closedPause: Duration = .seconds(1)

    init(_ name: MemberName, of engine: Engine) {
        self.name = name
        self.engine = engine
    }

    /// Whether it is likely to answer: it is ready, or was not tried yet.
    var isPromising: Bool { isReady && main?.failure == nil || lastFailure == nil }

    /// How it stands, as this process knows.
    var state: EngineMemberState.State {
        if lastFailure != nil { return .failed }
        return isReady && main?.failure == nil ? .connected : .unused
    }

    /// Whether new tokens may be put there. One that has failed is tried again, and nobody waits for it.
    func isOpenForTokens(at now: ContinuousClock.Instant) -> Bool {
        guard isPromising else {
            if preparation == nil, retryAt.map({ $0 <= now }) ?? true { beginPreparation() }
            return false
        }
        return closedUntil.map { $0 <= now } ?? true
    }

    /// Has new tokens go elsewhere for a moment: it takes no writes, or no replica confirms them.
    func closeForTokens() { closedUntil = .now + Self.closedPause }

    /// Whether it is on this machine, so that its disk and the journal's are one.
    var isOnThisMachine: Bool { engine.isOnThisMachine(name) }

    /// Lets it be looked at again before it is asked anything more.
    func distrust() { isReady = false }

    /// Asks it, once it is ready.
    func ask(_ commands: RedisCommands) async throws(EngineFailure) -> [RedisReply] {
        try await prepare()
        guard let main else { throw unavailable("it has no connection") }
        do throws(ConnectionFailure) {
            return try await main.ask(commands)
        } catch {
            lose(main)
            let failure = unavailable("\(error)")
            lastFailure = failure
            throw failure
        }
    }

    /// Asks it what it may be asked before it is ready, such as the topology.
    func askAnything(_ commands: RedisCommands) async throws(EngineFailure) -> [RedisReply] {
        var all = RedisCommands()
        if main == nil || main?.failure != nil {
            main = try engine.connect(to: name)
            isReady = false
            all = engine.introduction
        }
        let introductions = all.count
        all.append(commands)
        let replies: [RedisReply]
        do throws(ConnectionFailure) {
            replies = try await main?.ask(all) ?? []
        } catch {
            if let main { lose(main) }
            throw unavailable("\(error)")
        }
        if let text = replies.prefix(introductions).lazy.compactMap(\.errorText).first {
            if let main { lose(main) }
            throw refusal(text)
        }
        return Array(replies.dropFirst(introductions))
    }

    /// A connection beside the main one, for what blocks it.
    func connect() throws(EngineFailure) -> RedisConnection {
        try engine.connect(to: name)
    }

    /// What a connection says first.
    var introduction: RedisCommands { engine.introduction }

    /// Makes it ready, once for all that wait for it.
    func prepare() async throws(EngineFailure) {
        if isReady, main?.failure == nil { return }
        if let retryAt, let lastFailure, .now < retryAt { throw lastFailure }
        if preparation == nil { beginPreparation() }
        if let failure = await preparation?.value() { throw failure }
    }

    private func beginPreparation() {
        let preparation = SharedResult<EngineFailure?>()
        self.preparation = preparation
        engine.loop.start { [self] in
            let failure = await outcomeOfPreparation()
            retryAt = failure.map { _ in .now + Self.pause }
            lastFailure = failure
            self.preparation = nil
            preparation.set(failure)
        }
    }

    private func outcomeOfPreparation() async -> EngineFailure? {
        do throws(EngineFailure) {
            let replies = try await askAnything(Self.examination)
            try await engine.admit(self, by: MemberExamination(replies, of: name))
            isReady = true
            return nil
        } catch {
            if let main { lose(main) }
            engine.reportOnce(.memberFailed(name, reason: error.description))
            return error
        }
    }

    /// What a member is asked before anything else.
    private static let examination: RedisCommands = {
        var commands = RedisCommands("INFO")
        commands.append("FCALL_RO", FunctionLibrary.version, "0")
        return commands
    }()

    private func lose(_ connection: RedisConnection) {
        connection.fail(.closed)
        if main === connection { main = nil }
        isReady = false
    }

    /// Closes its connections: it has no slots any more.
    func close() {
        if let main { lose(main) }
        confirmations.close()
    }

    func unavailable(_ reason: String) -> EngineFailure {
        .unavailable("engine member \(name)\(engine.way(to: name)): \(reason)")
    }

    /// Why a question failed, by the error that was answered. Redirections are not followed.
    func refusal(_ text: String) -> EngineFailure {
        switch ErrorReply(text, from: name) {
        case .misconfigured(let text): .misconfigured(text)
        case .full: .full("engine member \(name): \(text.firstSentence)")
        default: .unavailable("engine member \(name): \(text.firstSentence)")
        }
    }
}

extension String {
    /// As much of what an engine says as a log takes.
    var firstSentence: String { String(prefix(200)) }
}
