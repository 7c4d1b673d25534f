import ArgumentParser
import Encoding
import FileStore
import Linux
import Monitoring
import Settings

/// `grantctl status`
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows whether workers serve, and what they have counted.",
        discussion: """
            It reads the counters and the state on this machine, asks no worker, and changes nothing. With --json it \
            prints what /status?format=json answers; it is healthy if a worker serves.

            With an engine (GRANTD_STORE) it counts no tokens and clients, and shows every id that is locked out, \
            whether or not there is such a client.

            The exit status is 0 if a worker serves, and 1 if none does or the counters cannot be read.
            """
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        try tellingProblems {
            let settings = try common.settings()
            let status = try ThreadExecutor().run { try await LocalStatus(settings, at: KernelFileSystem().now) }
            let glyphs = Glyphs.shown(by: ProcessEnvironment.current())
            let report = status.report(glyphs)
            try report.print(asJSON: common.json)
            throw report.exitCode
        }
    }
}

extension LocalStatus {
    fileprivate func report(_ glyphs: Glyphs) -> Report {
        let serves = document.serves
        let advice = fault?.advice ?? (document.countersFault == nil ? StatusDocument.adviceWithoutWorkers : nil)
        return Report(
            jsonText: document.json,
            text: StatusText(
                document: document,
                advice: serves ? nil : advice,
                glyphs: glyphs,
                width: OutputWidth.current ?? .max
            ).text,
            note: uncounted.map { "grantctl: \($0)".printable },
            exitCode: serves ? .success : .refused
        )
    }
}
