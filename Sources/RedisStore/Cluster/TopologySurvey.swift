/// Asks several members at once which of them has which slots.
///
/// A member counts if the Cluster's state is good in its eyes: one that was cut off with a minority is not heard. Of two that
/// count, or as many as there are, the one with the higher epoch is believed.
final class TopologySurvey {
    private let engine: Engine
    private var open = 0
    private var found: [Topology] = []
    private var failures: [EngineFailure] = []
    private let result = SharedResult<Bool>()

    /// How many answers are enough.
    private static let quorum = 2

    init(of engine: Engine) {
        self.engine = engine
    }

    /// The topology.
    func run() async throws(EngineFailure) -> Topology {
        let informants = engine.informants
        open = informants.count
        for member in informants {
            engine.loop.start { [self] in
                await ask(member)
                open -= 1
                if found.count >= Self.quorum || open == 0 { result.set(true) }
            }
        }
        _ = await result.value()
        if let newest = found.max(by: { $0.epoch < $1.epoch }) { return newest }
        // A wrong password says more than another member that does not answer.
        let misconfiguration = failures.first { if case .misconfigured = $0 { true } else { false } }
        throw misconfiguration ?? failures.first ?? .unavailable("the engine has no members")
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
