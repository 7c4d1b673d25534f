import ArgumentParser
import Encoding
import GrantCore
import RedisStore
import Settings

/// `grantctl store status`
struct StoreStatus: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the engine's members, and what is wrong with them.",
        discussion: """
            The exit status is 1 if something keeps the engine from keeping what grantd promises: a slot without a member, \
            a primary without a replica, a replica on its primary's machine, a member without an append-only file or \
            with eviction, a clock that differs, functions of another version.
            """,
        aliases: ["show"]
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, _ store: RedisStore, at now: () -> Timestamp) async throws -> Report {
        let status = try await EngineStatus(of: store.engine, durability: site.durability)
        var rows = [["MEMBER", "ROLE", "SLOTS", "REPLICAS", "LAG", "AOF", "EVICTION", "MEMORY", "CLOCK", "VERSION"]]
        for member in status.members {
            rows.append([
                member.name, member.isReplica ? "replica" : "primary", member.slots,
                member.isReplica ? "" : "\(member.replicas)", member.isReplica ? "" : "\(member.lag)",
                member.isDurable ? "yes" : "no", member.eviction, "\(member.memory)",
                Self.text(ofSkew: member.clockSkew), member.version,
            ])
        }
        let verdict = status.problems.isEmpty ? ["", "The engine is in order."] : [""] + status.problems
        return Report(
            json: Document(
                single: status.isSingle,
                members: status.members.map(MemberDocument.init),
                problems: status.problems
            ),
            text: Table(rows, cutting: [6, 9]).text(
                width: OutputWidth.current,
                .shown(by: ProcessEnvironment.current())
            ) + "\n" + verdict.map(\.printable).joined(separator: "\n"),
            exitCode: status.problems.isEmpty ? .success : .refused
        )
    }

    private static func text(ofSkew skew: Double) -> String {
        let milliseconds = Int((skew * 1000).rounded())
        return "\(milliseconds > 0 ? "+" : "")\(milliseconds) ms"
    }

    private struct Document: Encodable {
        let single: Bool
        let members: [MemberDocument]
        let problems: [String]
    }

    private struct MemberDocument: Encodable {
        let name: String
        let role: String
        let slots: String
        let replicas: Int
        let lagBytes: Int64
        let appendOnlyFile: Bool
        let eviction: String
        let memoryBytes: Int64
        let clockSkewSeconds: Double
        let version: String

        init(_ status: EngineStatus.MemberStatus) {
            name = status.name
            role = status.isReplica ? "replica" : "primary"
            slots = status.slots
            replicas = status.replicas
            lagBytes = status.lag
            appendOnlyFile = status.isDurable
            eviction = status.eviction
            memoryBytes = status.memory
            clockSkewSeconds = status.clockSkew
            version = status.version
        }
    }
}
