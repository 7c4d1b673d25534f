import FileStore
package import Linux
import SystemPackage

/// The engine as one process sees it: its members, who has which slots, and what was met.
package final class Engine {
    /// What the process's event loop serves.
    package let loop: EngineLoop
    let settings: EngineSettings
    let journal: RevocationJournal
    let report: (EngineReport) -> Void
    /// Is called when a member was not met before, whose data may be older than what was read elsewhere.
    var onTakeover: () -> Void = {}
    private var members: [MemberName: Member] = [:]
    private(set) var topology: Topology?
    private var localID: String?
    private var refreshment: SharedResult<EngineFailure?>?
    private var refreshedAt: ContinuousClock.Instant?
    /// The members and histories of data that have had the journal.
    private var met: Set<String> = []
    /// The primaries that there were at first, and that have not had the journal yet. Any other has taken over.
    private var initial: Set<MemberName> = []
    /// The members that do not answer, and since when; nil stands for slots without a member.
    private var troubles: [MemberName?: ContinuousClock.Instant] = [:]
    private var reported: [String: ContinuousClock.Instant] = [:]

    /// After how long a topology is looked at again while it is in use.
    private static let trust: Duration = .milliseconds(500)
    /// How long it is believed.
    private static let longestTrust: Duration = .seconds(1)
    /// The shortest time between two looks at it.
    private static let pause: Duration = .milliseconds(50)
    /// How many reports are remembered.
    private static let mostReports = 1000
    /// How often the same is said in the log.
    private static let reportInterval: Duration = .seconds(60)

    /// An engine, to which no connection is made before something is asked of it.
    ///
    /// - Parameters:
    ///   - journal: what this machine keeps of revocations and registrations.
    ///   - report: hears what is worth a line in the log.
    package init(
        _ settings: EngineSettings,
        journal: RevocationJournal,
        report: @escaping (EngineReport) -> Void = { _ in }
    ) throws(SystemCallFailure) {
        self.settings = settings
        self.journal = journal
        self.report = report
        loop = try EngineLoop(patience: settings.answerTime)
    }

    // MARK: Connections

    /// Begins a connection to a member.
    func connect(to name: MemberName) throws(EngineFailure) -> RedisConnection {
        let endpoint = try endpoint(of: name)
        do throws(ConnectionFailure) {
            return try loop.connect(to: endpoint)
        } catch {
            throw .unavailable("engine member \(name)\(way(to: name)): \(error)")
        }
    }

    /// How a member is reached if not by its name, for errors; empty otherwise.
    func way(to name: MemberName) -> String {
        guard let endpoint = try? endpoint(of: name), endpoint != name.endpoint else { return "" }
        return " by \(endpoint)"
    }

    private func endpoint(of name: MemberName) throws(EngineFailure) -> Endpoint {
        if let local = settings.local, isLocal(name) { return .socket(path: local) }
        return try settings.endpoint(of: name)
    }

    private func isLocal(_ name: MemberName) -> Bool {
        guard let localID else { return false }
        return topology?.ids[name] == localID
    }

    /// Whether a member is on this machine: it, or one with its address, answers on the local socket.
    func isOnThisMachine(_ name: MemberName) -> Bool {
        name.isLoopback || topology?.ids.contains { $0.value == localID && $0.key.host == name.host } ?? false
    }

    /// What each connection says first.
    private(set) lazy var introduction: RedisCommands = {
        var commands = RedisCommands()
        if let password = settings.password {
            var words = [[UInt8]("AUTH")]
            if let user = settings.user { words.append([UInt8](user)) }
            commands.append(words + [password])
        }
        return commands
    }()

    /// A member that was needed before.
    func knownMember(_ name: MemberName) -> Member? { members[name] }

    func member(_ name: MemberName) -> Member {
        if let known = members[name] { return known }
        let member = Member(name, of: self)
        members[name] = member
        return member
    }

    /// Looks at what a member says of itself, and sends it the journal if it was not met before.
    func admit(_ member: Member, by examination: MemberExamination) async throws(EngineFailure) {
        if topology?.isSingle ?? false, examination.isReplica {
            throw .misconfigured("\(member.name) is a replica: GRANTD_STORE has to name the primary")
        }
        if let policy = examination.eviction { reportOnce(.evicting(member.name, policy: policy)) }
        let history = [examination.runID, examination.replicationID].map { "\(member.name) \($0)" }
        if history.allSatisfy(met.contains) { return }
        let isTakeover = initial.remove(member.name) == nil
        let (entries, alive) = try await sendJournal(to: member)
        met.formUnion(history)
        onTakeover()
        let slots = topology?.ranges(of: member.name) ?? ""
        report(
            .journalSent(member: member.name, slots: slots, entries: entries, alive: alive, isTakeover: isTakeover)
        )
    }

    // MARK: Trouble

    /// Takes note that a slot's member, if it has one, does not answer.
    ///
    /// - Returns: since when that is so.
    func noteTrouble(at slot: UInt16) -> ContinuousClock.Instant {
        let name = topology?.owner(of: slot)
        if let since = troubles[name] { return since }
        troubles[name] = .now
        return .now
    }

    /// It answers.
    func endTrouble(of name: MemberName) {
        if !troubles.isEmpty {
            troubles[name] = nil
            troubles[nil] = nil
        }
    }

    // MARK: Topology

    /// The primary of a slot.
    ///
    /// A topology that nobody has needed for a while is looked at again first: a primary that was stopped and goes on may
    /// not know yet that another one has taken its place.
    func owner(of slot: UInt16) async throws(EngineFailure) -> Member {
        if topology == nil { try await refresh() }
        if topology?.isSingle == false, let refreshedAt, refreshedAt + Self.longestTrust <= .now { try await refresh() }
        refreshInPassing()
        guard let name = topology?.owner(of: slot) else {
            throw .unavailable("the engine has no member for slot \(slot)")
        }
        return member(name)
    }

    /// The primary of a slot, as far as it is known at once.
    func knownOwner(of slot: UInt16) -> Member? {
        topology?.owner(of: slot).map(member)
    }

    /// All primaries.
    func primaries() async throws(EngineFailure) -> [Member] {
        if topology == nil { try await refresh() }
        return topology?.primaries.map(member) ?? []
    }

    /// Takes a redirection's word for one slot, until the topology is looked at again.
    func move(_ slot: UInt16, to name: MemberName) {
        topology?.move(slot, to: name)
        refreshedAt = nil
        refreshInPassing()
    }

    /// Has the topology looked at again soon: something does not fit.
    func doubtTopology() {
        refreshedAt = nil
        refreshInPassing()
    }

    private func refreshInPassing() {
        guard refreshment == nil, refreshedAt.map({ $0 + Self.trust <= .now }) ?? true else { return }
        beginRefresh()
    }

    /// Looks at the topology.
    func refresh() async throws(EngineFailure) {
        if refreshment == nil { beginRefresh() }
        if let failure = await refreshment?.value() { throw failure }
    }

    private func beginRefresh() {
        let refreshment = SharedResult<EngineFailure?>()
        self.refreshment = refreshment
        loop.start { [self] in
            var failure: EngineFailure?
            do throws(EngineFailure) {
                adopt(try await TopologySurvey(of: self).run(isDoubted: refreshedAt == nil))
            } catch {
                failure = error
                // Nobody answers: who asks again at once learns nothing.
                await loop.sleep(for: Self.pause)
            }
            refreshedAt = .now
            self.refreshment = nil
            refreshment.set(failure)
        }
    }

    /// Whom to ask for the topology.
    var informants: [Member] {
        var names = Set(settings.seeds.map(MemberName.init)).union(topology?.members ?? [])
        if let local = settings.local { names.insert(MemberName(host: local, port: 0)) }
        return names.map(member)
    }

    /// The member that answers on this machine's own socket has this id.
    func learnLocalID(_ id: String) { localID = id }

    private func adopt(_ new: Topology) {
        guard new != topology else { return }
        if topology == nil { initial = Set(new.primaries) }
        let isNewer = new.epoch != topology?.epoch
        topology = new
        for (name, member) in members {
            if !new.primaries.contains(name) {
                member.distrust()
            } else if isNewer {
                // Another member may have had its slots meanwhile, and its data be another's.
                member.distrust()
            }
        }
        let known = new.members.union(informants.map(\.name))
        for (name, member) in members where !known.contains(name) {
            member.close()
            members[name] = nil
        }
    }

    // MARK: The log

    /// Reports what would be said again and again, once a minute.
    func reportOnce(_ event: EngineReport) {
        let now = ContinuousClock.now
        let key = event.subject
        if let last = reported[key], now < last + Self.reportInterval { return }
        if reported.count >= Self.mostReports { reported.removeAll() }
        reported[key] = now
        report(event)
    }
}

extension EngineReport {
    /// What makes it the same as another one.
    fileprivate var subject: String {
        switch self {
        case .unconfirmed(let name): "unconfirmed \(name)"
        case .evicting(let name, _): "evicting \(name)"
        case .memberFailed(let name, let reason): "failed \(name) \(reason)"
        case .countingFailed: "counting"
        case .useNotRecorded: "use"
        case .journalSent, .unusableClient: "\(self)"
        }
    }
}
