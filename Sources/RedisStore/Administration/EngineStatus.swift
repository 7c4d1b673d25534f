package import FileStore
import GrantCore

/// What an administrator should know of the engine, and whether it can keep what grantd promises.
package struct EngineStatus: Sendable {
    /// Whether it is one server and no Cluster.
    package var isSingle: Bool
    /// Its members, primaries first.
    package var members: [MemberStatus]
    /// What keeps a promise from being kept, a sentence each.
    package var problems: [String]

    /// One member.
    package struct MemberStatus: Sendable {
        /// Its address.
        package let name: String
        /// Whether it is a replica.
        package let isReplica: Bool
        /// The slots that a primary has.
        package let slots: String
        /// How many replicas a primary has that are connected.
        package let replicas: Int
        /// How far its most distant replica is behind, in bytes.
        package let lag: Int64
        /// Whether it writes an append-only file.
        package let isDurable: Bool
        /// What it does when its memory is full.
        package let eviction: String
        /// Bytes of memory in use.
        package let memory: Int64
        /// How far its clock is ahead of this machine's, in seconds.
        package let clockSkew: Double
        /// The version of the engine.
        package let version: String
    }

    /// The largest difference of clocks that is not remarked, in seconds.
    private static let largestSkew = 2.0
    /// The shortest time after which a Cluster may give a member's slots to another, in milliseconds: late answers are
    /// thrown away before.
    private static let shortestNodeTimeout = 1000

    /// Looks at all members.
    ///
    /// - Parameter durability: what issued tokens are to survive.
    package init(of engine: Engine, durability: Durability) async throws(EngineFailure) {
        let names = try await engine.memberAddresses()
        guard let topology = engine.topology else { throw .unavailable("the engine has no members") }
        isSingle = topology.isSingle
        members = []
        problems = []
        if !isSingle, (0..<UInt16(HashSlot.count)).contains(where: { topology.owner(of: $0) == nil }) {
            problems.append("some slots have no member")
        }
        let isSetUp = await isSetUp(engine)
        if !isSetUp { problems.append("the engine is not set up for grantd: run `grantctl store init`") }
        for name in names {
            do throws(EngineFailure) {
                try await examine(engine.member(name), topology, engine, durability, isSetUp: isSetUp)
            } catch {
                problems.append(error.description)
            }
        }
    }

    private mutating func examine(
        _ member: Member,
        _ topology: Topology,
        _ engine: Engine,
        _ durability: Durability,
        isSetUp: Bool
    ) async throws(EngineFailure) {
        var questions = RedisCommands("INFO")
        questions.append("TIME")
        questions.append("FCALL_RO", FunctionLibrary.version, "0")
        questions.append("CONFIG", "GET", "cluster-node-timeout")
        questions.append("CONFIG", "GET", "appendfsync")
        let before = KernelFileSystem().now
        let replies = try await member.askAnything(questions)
        let now = KernelFileSystem().now
        guard let text = replies[0].string else { throw member.refusal(replies[0].errorText ?? "no INFO") }
        let info = MemberExamination(info: text)
        let skew = Self.skew(replies[1], between: before, now)
        let isReplica = !topology.primaries.contains(member.name) || info.isReplica
        let status = MemberStatus(
            name: member.name.description,
            isReplica: isReplica,
            slots: isReplica ? "" : topology.ranges(of: member.name),
            replicas: info.replicas.count,
            lag: info.replicas.map(\.lag).max() ?? 0,
            isDurable: info.facts["aof_enabled"] == "1",
            eviction: info.facts["maxmemory_policy"] ?? "unknown",
            memory: info.facts["used_memory"].flatMap { Int64($0) } ?? 0,
            clockSkew: skew,
            version: info.facts["valkey_version"].map { "valkey \($0)" }
                ?? "redis \(info.facts["redis_version"] ?? "?")"
        )
        members.append(status)
        judge(status, of: member.name, info, needed: engine.settings.replicas)
        if isSetUp { judge(functions: replies[2], of: member) }
        // Who may not ask for the configuration is not told of it.
        if durability == .disk, let policy = replies[4].elements?.last?.string, policy != "always" {
            problems.append("\(member.name) has appendfsync \(policy), and GRANTD_DURABILITY=disk asks for always")
        }
        if let timeout = replies[3].elements?.last?.string.flatMap({ Int($0) }), !isSingle,
            timeout < Self.shortestNodeTimeout
        {
            problems.append(
                "\(member.name) has cluster-node-timeout \(timeout): it has to be \(Self.shortestNodeTimeout) or more"
            )
        }
    }

    private mutating func judge(
        _ status: MemberStatus,
        of name: MemberName,
        _ info: MemberExamination,
        needed: Int
    ) {
        if isSingle, info.isReplica {
            problems.append("\(status.name) is a replica: GRANTD_STORE has to name the primary")
        }
        if !status.isReplica, status.replicas < needed {
            problems.append(
                "\(status.name) has \(status.replicas) replicas, and GRANTD_STORE_REPLICAS asks for \(needed)"
            )
        }
        if !status.isReplica {
            for replica in info.replicas where !isSingle && !name.isLoopback && replica.host == name.host {
                problems.append("\(status.name) has a replica on its own machine, which is lost with it")
            }
        }
        if !status.isDurable { problems.append("\(status.name) writes no append-only file: set appendonly yes") }
        if status.eviction != "noeviction" {
            problems.append(
                "\(status.name) has maxmemory-policy \(status.eviction), which may evict clients: set noeviction"
            )
        }
        if abs(status.clockSkew) > Self.largestSkew {
            let seconds = Int(status.clockSkew.rounded())
            problems.append(
                "the clock of \(status.name) is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") this machine's"
            )
        }
    }

    private mutating func judge(functions reply: RedisReply, of member: Member) {
        if let version = reply.number {
            guard version != FunctionLibrary.currentVersion else { return }
            problems.append("\(member.name) has version \(version) of grantd's functions: run `grantctl store init`")
        } else {
            problems.append(member.refusal(reply.errorText ?? "").description)
        }
    }

    /// How far an engine's clock is ahead, in seconds.
    private static func skew(_ reply: RedisReply, between before: Timestamp, _ after: Timestamp) -> Double {
        guard let parts = reply.elements, parts.count == 2, let seconds = parts[0].string.flatMap({ Double($0) }),
            let microseconds = parts[1].string.flatMap({ Double($0) })
        else { return 0 }
        let here = Double(before.microseconds + (after.microseconds - before.microseconds) / 2)
        return (seconds * 1_000_000 + microseconds - here) / 1_000_000
    }

    private func isSetUp(_ engine: Engine) async -> Bool {
        let owner = engine.knownOwner(of: EngineKey.slot)
        let replies = try? await owner?.askAnything(RedisCommands("GET", "k"))
        return replies?.first?.bytes?.count == EngineKey.byteCount
    }
}

extension MemberExamination {
    /// The replicas that are connected, by `slave0:ip=…,port=…,state=online,offset=…,lag=…`.
    var replicas: [(host: String, lag: Int64)] {
        let offset = facts["master_repl_offset"].flatMap { Int64($0) } ?? 0
        return facts.filter { $0.key.hasPrefix("slave") && $0.value.contains("state=online") }.map { fact in
            var host = ""
            var behind: Int64 = 0
            for part in fact.value.split(separator: ",") {
                if part.hasPrefix("ip=") { host = String(part.dropFirst(3)) }
                if part.hasPrefix("offset="), let own = Int64(part.dropFirst(7)) { behind = max(0, offset - own) }
            }
            return (host, behind)
        }
    }
}
