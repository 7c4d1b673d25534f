import Linux

extension Engine {
    /// How long a request that was put off waits before it is tried again.
    private static let retryPause: Duration = .milliseconds(25)
    /// How often one attempt follows redirections.
    private static let mostRedirections = 5

    /// Does commands of one slot at its primary, which may be asked of another one while members change: so they have to be
    /// such that doing them twice is as good as once.
    ///
    /// - Throws: once the settings' patience has passed, or if no retry can help.
    func perform(_ commands: RedisCommands, at slot: UInt16) async throws(EngineFailure) -> [RedisReply] {
        try await patiently(at: slot) { () async throws(EngineFailure) in try await attempt(commands, at: slot) }
    }

    /// Tries something again while a slot's member is being replaced, until the settings' patience has passed.
    private func patiently<Value>(
        at slot: UInt16,
        _ attempt: () async throws(EngineFailure) -> Value
    ) async throws(EngineFailure) -> Value {
        let deadline = ContinuousClock.now + settings.patience
        while true {
            do throws(EngineFailure) {
                return try await attempt()
            } catch .unavailable(let reason) {
                // Of a member that has failed for so long already, nothing more is expected.
                guard .now < min(deadline, noteTrouble(at: slot) + settings.patience) else {
                    throw .unavailable(reason)
                }
                await loop.sleep(for: Self.retryPause)
            }
        }
    }

    /// Does commands of one slot at its primary, without waiting for another one. Redirections are followed.
    func attempt(_ commands: RedisCommands, at slot: UInt16) async throws(EngineFailure) -> [RedisReply] {
        for _ in 0..<Self.mostRedirections {
            let member = try await owner(of: slot)
            if let replies = try await attempt(commands, at: slot, of: member) { return replies }
        }
        throw .unavailable("the engine's members redirect slot \(slot) in a circle")
    }

    /// Asks one member; nil if the slot is another's.
    private func attempt(
        _ commands: RedisCommands,
        at slot: UInt16,
        of member: Member
    ) async throws(EngineFailure) -> [RedisReply]? {
        let replies: [RedisReply]
        do throws(EngineFailure) {
            replies = try await member.ask(commands)
        } catch {
            doubtTopology()
            throw error
        }
        return try await follow(replies, of: member, commands, at: slot)
    }

    /// Goes on after a member's replies, some of which may be errors; nil if the commands are to be tried again.
    private func follow(
        _ replies: [RedisReply],
        of member: Member,
        _ commands: RedisCommands,
        at slot: UInt16
    ) async throws(EngineFailure) -> [RedisReply]? {
        var redirected: [Int] = []
        var target: MemberName?
        for (position, reply) in replies.enumerated() {
            guard let text = reply.errorText else { continue }
            let error = ErrorReply(text, from: member.name)
            guard case .ask(let name) = error else {
                try prepareRetry(after: error, text, of: member, at: slot)
                return nil
            }
            redirected.append(position)
            target = name
        }
        guard let target else {
            endTrouble(of: member.name)
            return replies
        }
        return try await ask(target, commands, at: redirected, beside: replies)
    }

    /// Asks the member that a slot is on its way to, for the commands that were redirected there alone.
    ///
    /// A slot's keys move one by one: those of the other commands may not be there yet.
    private func ask(
        _ name: MemberName,
        _ commands: RedisCommands,
        at positions: [Int],
        beside known: [RedisReply]
    ) async throws(EngineFailure) -> [RedisReply] {
        let pairs = try await member(name).ask(commands.asking(at: positions))
        if let error = pairs.lazy.compactMap(\.errorText).first { throw member(name).unavailable(error) }
        var replies = known
        for (number, position) in positions.enumerated() { replies[position] = pairs[2 * number + 1] }
        return replies
    }

    /// Takes note of an error after which the commands can be tried again at once.
    ///
    /// - Throws: if the error is none of these.
    private func prepareRetry(
        after error: ErrorReply,
        _ text: String,
        of member: Member,
        at slot: UInt16
    ) throws(EngineFailure) {
        switch error {
        case .moved(let name): move(slot, to: name)
        case .later:
            doubtTopology()
            throw member.unavailable(text.firstSentence)
        case .refresh:
            member.distrust()
            doubtTopology()
            throw member.unavailable(text.firstSentence)
        case .full:
            member.closeForTokens()
            throw member.refusal(text)
        case .misconfigured(let sentence):
            member.distrust()
            throw .misconfigured(sentence)
        case .ask, .other:
            throw .misconfigured("engine member \(member.name): \(text.firstSentence)")
        }
    }

    /// Does commands of one slot at its primary and says how many replicas have them.
    ///
    /// - Parameter make: makes the commands of each attempt. An earlier one may have been done without an answer.
    func performConfirmed(
        at slot: UInt16,
        _ make: () -> RedisCommands
    ) async throws(EngineFailure) -> (replies: [RedisReply], member: Member, replicas: Int) {
        try await patiently(at: slot) {
            () async throws(EngineFailure) -> (replies: [RedisReply], member: Member, replicas: Int) in
            for _ in 0..<Self.mostRedirections {
                if let done = try await attemptConfirmed(at: slot, make()) { return done }
            }
            throw .unavailable("the engine's members redirect slot \(slot) in a circle")
        }
    }

    /// Does commands of one slot at its primary, once, and says how many replicas have them; nil if the slot is another's.
    func attemptConfirmed(
        at slot: UInt16,
        _ commands: RedisCommands
    ) async throws(EngineFailure) -> (replies: [RedisReply], member: Member, replicas: Int)? {
        let member = try await owner(of: slot)
        let confirmed: Confirmations.Confirmed
        do throws(EngineFailure) {
            confirmed = try await member.confirmations.perform(commands)
        } catch {
            doubtTopology()
            throw error
        }
        // No replica was asked to confirm what was done at another member.
        let isRedirected = confirmed.replies.contains { $0.errorText != nil }
        return try await follow(confirmed.replies, of: member, commands, at: slot)
            .map { ($0, member, isRedirected ? 0 : confirmed.replicas) }
    }

    /// Makes sure that two machines have a change: the primary, and a replica or this machine's journal.
    ///
    /// - Parameter replicas: how many replicas have confirmed the change, which is in the journal.
    /// - Throws: `unavailable` if only one machine has it: then the change is made, and may be lost.
    func requireTwoMachines(_ member: Member, replicas: Int) throws(EngineFailure) {
        if replicas >= settings.replicas { return }
        reportOnce(.unconfirmed(member.name))
        // The primary and the journal are on two machines.
        if !member.isOnThisMachine { return }
        throw member.unavailable("no replica has confirmed the change yet, which is made")
    }
}
