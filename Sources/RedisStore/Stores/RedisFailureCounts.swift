package import GrantCore

/// Failed authentications, counted in the engine for all machines together, by functions there.
package final class RedisFailureCounts: FailureCounts {
    private let engine: Engine
    private let key: EngineKey
    private let clock: Clock
    private var places: [FailureKey: (tag: Tag, key: [UInt8])] = [:]

    /// How many places are remembered.
    private static let memoryLimit = 1024

    /// Whose clock times the counts.
    package enum Clock {
        /// The engine's: that of each machine may differ.
        case engine
        /// The caller's, for tests.
        case caller
    }

    init(in engine: Engine, key: EngineKey, clock: Clock) {
        self.engine = engine
        self.key = key
        self.clock = clock
    }

    package func record(of key: FailureKey, at now: Timestamp) async -> FailureRecord? {
        await ask("FCALL_RO", FunctionLibrary.record, key, at: now)
    }

    package func update(_ key: FailureKey, at now: Timestamp, by change: FailureChange) async -> FailureRecord? {
        await ask("FCALL", FunctionLibrary.update, key, at: now, change.arguments)
    }

    /// Asks a function for a record. Without an answer there is none: a guess more is let pass rather than a client refused.
    ///
    /// A look does not wait for a member that is being replaced, so that right secrets are not held up. A change does: so a
    /// guess is not told to be wrong before it has been counted.
    private func ask(
        _ command: String,
        _ function: String,
        _ failureKey: FailureKey,
        at now: Timestamp,
        _ arguments: [String] = []
    ) async -> FailureRecord? {
        do throws(EngineFailure) {
            let (tag, key) = place(of: failureKey, under: try await key.value())
            let time = clock == .caller ? "\(now.microseconds)" : ""
            var commands = RedisCommands()
            commands.append(
                [[UInt8](command), [UInt8](function), [UInt8]("1"), key, [UInt8](time)] + arguments.map { [UInt8]($0) }
            )
            let replies: [RedisReply]
            if command == "FCALL" {
                replies = try await engine.perform(commands, at: tag.slot)
            } else {
                guard engine.knownOwner(of: tag.slot)?.isPromising ?? true else { return nil }
                replies = try await engine.attempt(commands, at: tag.slot)
            }
            return Self.record(replies.first, at: now)
        } catch {
            engine.reportOnce(.countingFailed(error))
            return nil
        }
    }

    /// Where a key is counted, which takes up to three codes if it is not remembered.
    private func place(of key: FailureKey, under engineKey: EngineKey.Known) -> (tag: Tag, key: [UInt8]) {
        if let known = places[key] { return known }
        if places.count >= Self.memoryLimit { places.removeAll(keepingCapacity: true) }
        let place = key.place(under: engineKey)
        places[key] = place
        return place
    }

    /// A record by the caller's clock.
    static func record(_ reply: RedisReply?, at now: Timestamp) -> FailureRecord? {
        guard let parts = reply?.elements, parts.count == 3, let count = parts[0].number,
            let until = parts[1].string.flatMap({ Int64($0) }), let forgotten = parts[2].string.flatMap({ Int64($0) })
        else { return nil }
        return FailureRecord(
            count: UInt32(clamping: count),
            until: now.adding(microseconds: until),
            forgottenAt: now.adding(microseconds: forgotten)
        )
    }
}

extension FailureKey {
    /// Under which tag and key it is counted.
    func place(under engineKey: EngineKey.Known) -> (tag: Tag, key: [UInt8]) {
        switch self {
        case .failures(let id, let origin):
            let tag = ClientKey(id).tag
            return (tag, tag.key("f", FailureName(engineKey).name(of: id, origin)))
        case .budget(let id):
            let tag = ClientKey(id).tag
            return (tag, tag.key("b", engineKey.name(of: Array(id.value.utf8))))
        case .proof(let id, let origin):
            let tag = ClientKey(id).tag
            // An id has no control characters.
            return (tag, tag.key("p", engineKey.name(of: Array(id.value.utf8) + [0] + origin.bytes)))
        }
    }
}

extension FailureChange {
    /// What the function `grantd_update` takes.
    fileprivate var arguments: [String] {
        switch self {
        case .failure(let limit, let window): ["failure", "\(limit)", "\(window)"]
        case .spending(let most): ["spending", "\(most)"]
        case .proof(let lifetime): ["proof", "\(lifetime)"]
        }
    }
}

extension Timestamp {
    fileprivate func adding(microseconds difference: Int64) -> Timestamp {
        let (sum, isTooFar) = microseconds.addingReportingOverflow(difference)
        return isTooFar ? self : Timestamp(microseconds: sum)
    }
}
