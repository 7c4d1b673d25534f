import ArgumentParser
import FileStore
import GrantCore

/// `grantctl key retire`
struct KeyRetire: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Lets a key sign no more.",
        discussion: """
            It stays published while tokens that it has signed may be active: for GRANTD_TOKEN_LIFETIME, or for the longest \
            lifetime of a client if that is longer. After a lifetime was raised, the same again lets it be published for longer. \
            A key without which none would sign is retired with --force only.

            Tokens that it has signed stay active. If the key may be known to others, remove it instead.

            EXAMPLES:
              grantctl key retire bYq3
              grantctl key retire bYq3 --after 1d
            """
    )

    @OptionGroup var key: KeyArgument

    @Option(
        help: ArgumentHelp(
            "How long it goes on signing: seconds, or 90s, 30m, 12h, 7d (default: 0).",
            valueName: "duration"
        ),
        transform: { try ArgumentForm.seconds($0, in: 0...Client.lifetimes.upperBound) }
    )
    var after = 0

    @Flag(help: "Retire it even if no key signs then.")
    var force = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let lifetime = try await site.longestTokenLifetime()
        let now = now()
        let administration = site.keys
        let retired = try administration.retire(
            key.id,
            at: now.adding(seconds: Int64(after)),
            now: now,
            tokensLiving: lifetime,
            evenIfLast: force
        )
        let active = try administration.keys().first { $0.schedule.stage(at: now) == .active }
        let (end, last) = (retired.schedule.retiredAt ?? now, retired.schedule.publishedUntil ?? now)
        let signing = end <= now ? "no more" : "until \(end.text)"
        return Report(
            json: SigningKeyDocument(retired, signs: active?.id == retired.id, at: now),
            text: "The key \(retired.id) signs \(signing), and is published until \(last.text).",
            note: active == nil ? "No key signs tokens now. To make one: grantctl key add" : nil
        )
    }
}
