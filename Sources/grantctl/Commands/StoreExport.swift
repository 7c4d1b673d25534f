import ArgumentParser
import FileStore
import GrantCore
import RedisStore
import SystemPackage

/// `grantctl store export`
struct StoreExport: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints all clients and live tokens as lines of JSON, for `store import` elsewhere.",
        discussion: """
            It exports secrets as hashes and tokens as digests: neither can be used. Protect them as you protect the \
            clients' files nevertheless. GRANTD_STORE says whether files or an engine are exported.

            EXAMPLES:
              GRANTD_STORE=files grantctl store export | grantctl store import
              grantctl store export --clients-only > clients.jsonl
            """
    )

    @Flag(help: "Leave the tokens out.")
    var clientsOnly = false

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        var output = TransferOutput()
        let ids = try await site.clients.ids()
        var progress = ProgressBar("Exporting clients", of: "clients", total: ids.count, whilePrinting: true)
        for id in ids {
            progress.advance()
            do throws(AdministrationError) {
                try output.append(.client(try await site.clients.file(id)))
            } catch .notFound {
                // It was removed meanwhile.
                continue
            }
        }
        if !clientsOnly {
            let time = now()
            progress = ProgressBar("Exporting tokens", of: "tokens", whilePrinting: true)
            if let engine = site.engine {
                try await engine.forEachToken(at: time) {
                    try output.append(.token($0))
                    progress.advance()
                }
            } else {
                let tokens = FileTokenStore(in: site.state, durability: .disk)
                try tokens.forEachToken(at: time) { digest, record in
                    try output.append(.token(TransferredToken(digest: digest, record: record)))
                    progress.advance()
                }
            }
        }
        progress.hide()
        try output.flush()
        return Report(json: output.count, text: "", isPrinted: true)
    }
}

/// Lines on their way to standard output.
private struct TransferOutput {
    private(set) var count = 0
    private var bytes: [UInt8] = []

    mutating func append(_ line: TransferLine) throws(AdministrationError) {
        bytes += try line.bytes
        count += 1
        if bytes.count > 1 << 16 {
            do { try flush() } catch { throw .notKept(.unavailable("\(error)")) }
        }
    }

    mutating func flush() throws(OutputError) {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
            bytes = []
        } catch {
            throw OutputError(reason: "\(error)")
        }
    }
}
