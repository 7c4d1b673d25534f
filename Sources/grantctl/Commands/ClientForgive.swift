import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl client forgive`
struct ClientForgive: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "forgive",
        abstract: "Clears a client's failed authentications, so that it can authenticate again at once.",
        discussion: """
            `client show` lists the addresses from which the client has to wait. IPv6 addresses count by their network \
            of 64 bits. Further failures make the client wait again.

            EXAMPLES:
              grantctl client forgive web-app
              grantctl client forgive web-app --origin 192.0.2.7
            """
    )

    @OptionGroup var client: ClientArgument

    @Option(
        help: ArgumentHelp("Forget only what came from this address (default: all).", valueName: "address"),
        transform: ArgumentForm.origin
    )
    var origin: Origin?

    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        // Counts of an id that is misspelt would not be found either.
        _ = try await site.clients.client(client.id)
        let now = now()
        let known = try await site.failures.failures(of: client.id, at: now)
            .filter { origin == nil || $0.origin == origin }
        try await forgive(in: site, at: now)
        let id = client.id.value
        let waiting = known.count { site.wait(by: $0.record, at: now) != nil }
        return Report(
            json: Forgiven(
                clientId: id,
                forgiven: known.map { Counted(address: $0.origin.text, failures: $0.record.count) }
            ),
            text: known.isEmpty
                ? "No failures of client \(id.printable)\(place) are on record."
                : "The failures of client \(id.printable)\(place) are forgotten\(Self.remark(known.count, waiting))."
        )
    }

    /// Forgets them, with a line in the audit before.
    private func forgive(in site: Site, at now: Timestamp) async throws {
        let audit = ChangeAudit(site.audit, user: site.user)
        try audit.begin(.forgive, of: client.id)
        do throws(StorageError) {
            try await site.failures.forgive(client.id, from: origin, at: now)
        } catch {
            audit.fail(.forgive, of: client.id, .notKept(error))
            throw error
        }
    }

    private var place: String { origin.map { " from \($0.text)" } ?? "" }

    private static func remark(_ count: Int, _ waiting: Int) -> String {
        let addresses = count == 1 ? "1 address" : "\(count) addresses"
        return ": \(addresses), of which \(waiting) had to wait"
    }

    private struct Forgiven: Encodable {
        let clientId: String
        let forgiven: [Counted]
    }

    private struct Counted: Encodable {
        let address: String
        let failures: UInt32
    }
}
