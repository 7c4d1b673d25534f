import ArgumentParser
import FileStore
import GrantCore
import Settings

/// `grantctl key list`
struct KeyList: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the keys that sign tokens, and the stage of each.",
        discussion: """
            A key is published (at /jwks, before it signs), active, retired (it signs no more, and is published while its \
            tokens may be active) or gone (its file can be removed). The newest that is active signs.
            """,
        aliases: ["ls"]
    )

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let keys = try site.keys.keys()
        let time = now()
        let documents = SigningKeyDocument.all(keys, at: time)
        let rows = zip(keys, documents).map { key, document in
            let span = key.span(at: time)
            let stage = document.stage == SigningKeySchedule.Stage.active.rawValue && !document.signs
            return [
                document.kid, document.alg, stage ? "\(document.stage), does not sign" : document.stage,
                span.since?.text ?? "", span.until?.text ?? "",
            ]
        }
        return Report(
            json: documents,
            text: Table([["KEY", "ALG", "STAGE", "SINCE", "UNTIL"]] + rows).text(
                width: OutputWidth.current,
                .shown(by: ProcessEnvironment.current())
            )
        )
    }
}
