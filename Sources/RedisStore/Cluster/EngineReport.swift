/// What happens between a process and the engine that is worth a line in the log.
package enum EngineReport: Sendable, Equatable {
    /// A member that was not met before got the journal: how many entries, and how many of their tokens were still alive there.
    case journalSent(member: MemberName, slots: String, entries: Int, alive: Int, isTakeover: Bool)
    /// A member does not answer, or refuses.
    case memberFailed(MemberName, reason: String)
    /// No replica confirmed a revocation: it rests on the primary and the journal.
    case unconfirmed(MemberName)
    /// A member may evict keys, registrations among them.
    case evicting(MemberName, policy: String)
    /// A client's registration cannot be used, so that the client is as good as none.
    case unusableClient(id: String, reason: String)
    /// Failed authentications cannot be counted.
    case countingFailed(EngineFailure)
    /// That a secret was used could not be recorded.
    case useNotRecorded(EngineFailure)
}
