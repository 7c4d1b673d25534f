import ArgumentParser
import FileStore
import GrantCore
import JOSE

/// `grantctl key add`
struct KeyAdd: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a key that signs tokens; the older ones are retired.",
        discussion: """
            The first key signs at once. A later one is published at /jwks for five minutes before it signs, since others may \
            keep the keys that they know for as long; then the older ones stop signing. They stay published while tokens \
            that they have signed may be active. --at sets another time.

            The key is a file in keys/ of the state directory, and is shown by no command. Each machine of several needs a \
            copy of the file before the key signs; see grantd-keys(7).

            EXAMPLES:
              grantctl key add
              grantctl key add --alg RS256 --bits 3072 --at 2026-12-01T06:00:00Z
            """,
        aliases: ["create"]
    )
    static let makesStateDirectory = true

    @Option(help: ArgumentHelp("The signature's algorithm.", valueName: "algorithm"))
    var alg = Algorithm.es256

    @Option(
        help: ArgumentHelp("Bits of an RSA key: 2048 to 4096, a multiple of 8 (default: 2048).", valueName: "number")
    )
    var bits: Int?

    @Option(
        help: ArgumentHelp("When it signs: a time in UTC, or a duration from now (default: 5m).", valueName: "time"),
        transform: TimeArgument.init
    )
    var at: TimeArgument?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let bits else { return }
        guard alg.hasLengths else { throw ValidationError("--bits is for the RSA algorithms, RS256 and the like.") }
        guard (2048...4096).contains(bits), bits.isMultiple(of: 8) else {
            throw ValidationError("Give 2048 to 4096 bits, a multiple of 8.")
        }
    }

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let lifetime = try await site.longestTokenLifetime()
        // One of RSA takes a while.
        let key = try SigningKey.generate(alg, modulusLength: bits ?? 2048)
        let now = now()
        let hadActive = try site.keys.keys().contains { $0.schedule.stage(at: now) == .active }
        let (added, retired) = try site.keys.add(
            key,
            at: now,
            activeAt: at?.time(from: now),
            tokensLiving: lifetime
        )
        let start = added.schedule.activeAt
        let since = start <= now ? "now" : "from \(start.text) on"
        var lines = ["Created the key \(added.id) (\(alg.rawValue)). It signs \(since)."]
        if let end = added.schedule.retiredAt { lines += ["It signs until \(end.text), when a later key does."] }
        if !retired.isEmpty { lines += ["Then these are retired: \(retired.joined(separator: ", "))."] }
        var notes: [String] = []
        if hadActive, start < now.adding(seconds: Int64(SigningKeySchedule.cacheTime)) {
            notes += [
                "Services that keep keys for five minutes may refuse its tokens until they ask for the keys again."
            ]
        }
        if site.engine != nil {
            notes += ["Copy keys/\(added.id).json of the state directory to the other machines before it signs."]
        }
        if site.issuer == nil { notes += ["Signed tokens need GRANTD_ISSUER, which is not set."] }
        return Report(
            json: Added(key: SigningKeyDocument(added, signs: start <= now, at: now), retired: retired),
            text: lines.joined(separator: "\n"),
            note: notes.isEmpty ? nil : notes.joined(separator: "\n")
        )
    }

    /// A key, and which ones it retires.
    private struct Added: Encodable {
        let key: SigningKeyDocument
        let retired: [String]

        enum CodingKeys: CodingKey {
            case retired
        }

        func encode(to encoder: any Encoder) throws {
            try key.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(retired, forKey: .retired)
        }
    }
}

extension Algorithm: ExpressibleByArgument {}

extension Algorithm {
    /// Whether its keys have lengths to choose from.
    fileprivate var hasLengths: Bool {
        switch self {
        case .rs256, .rs384, .ps256, .ps384: true
        case .es256, .es384, .edDSA, .ed25519: false
        }
    }
}
