/// Asks several members at once which of them has which slots.
///
/// A member counts if the Cluster's state is good in its eyes: one that was cut off with a minority is not heard. Of two that
/// count, or as many as there are, the one with the higher epoch is believed.
final class TopologySurvey {
    private let engine: Engine
    private var open = 0
    private var found: [Topology] = []
    private var failures: [EngineFailure] = []
    private var result = SharedResult<Bool>()

    /// How many answers are enough.
    private static let quorum = 2
    /// How many are asked where nothing is in doubt: one of them may hang.
    private static let fewInformants = 3

    init(of engine: Engine) {
        self.engine = engine
    }

    /// The topology.
    ///
    /// - Parameter isDoubted: asks all members at once, as when something does not fit; otherwise a few will do.
    func run(isDoubted: Bool) async throws(EngineFailure) -> Topology {
        let all = engine.informants
        let informants = isDoubted ? all : Array(all.shuffled().prefix(Self.fewInformants))
        if let newest = await ask(informants) { return newest }
        if informants.count < all.count, let newest = await ask(all) { return newest }
        // A wrong password says more than another member that does not answer.
        let misconfiguration = failures.first { if case .misconfigured = $0 { true } else { false } }
        throw misconfiguration ?? failures.first ?? .unavailable("the engine has no members")
    }

    /// Asks members, until enough of them have answered or all have.
    private func ask(_ informants: [Member]) async -> Topology? {
        open = informants.count
        result = SharedResult()
        for member in informants {
            engine.loop.start { [self] in
                await ask(member)
                open -= 1
                if found.count >= Self.quorum || open == 0 { result.set(true) }
            }
        }
        if informants.isEmpty { return nil }
        _ = await result.value()
        return found.max { $0.epoch < $1.epoch }
    }

    private static let questions: RedisCommands = {
        var commands = RedisCommands("CLUSTER", "INFO")
        commands.append("CLUSTER", "SLOTS")
        commands.append("CLUSTER", "MYID")
        return commands
    }()

    private func ask(_ member: Member) async {
        do throws(EngineFailure) {
            let replies = try await member.askAnything(Self.questions)
            if let text = replies[0].errorText {
                guard text.contains("cluster support disabled") else { throw member.refusal(text) }
                guard engine.settings.seeds.count == 1 else {
                    throw .misconfigured(
                        "\(member.name) is not a member of a Cluster: GRANTD_STORE has to name it alone"
                    )
                }
                return found.append(Topology(single: MemberName(engine.settings.seeds[0])))
            }
            if member.name.host == engine.settings.local, let id = replies[2].string { engine.learnLocalID(id) }
            guard let info = replies[0].string, let slots = try topology(info, replies[1], member.name) else {
                throw member.unavailable("it does not say who has which slots")
            }
            found.append(slots)
        } catch {
            failures.append(error)
            engine.reportOnce(.memberFailed(member.name, reason: error.description))
        }
    }

    private func topology(_ info: String, _ slots: RedisReply, _ asked: MemberName) throws(EngineFailure) -> Topology? {
        let facts = MemberExamination(info: info).facts
        guard facts["cluster_state"] == "ok" else {
            throw .unavailable("engine member \(asked): its Cluster's state is \(facts["cluster_state"] ?? "unknown")")
        }
        return Topology(slots: slots, epoch: facts["cluster_current_epoch"].flatMap { Int64($0) } ?? 0, asked: asked)
    }
}
