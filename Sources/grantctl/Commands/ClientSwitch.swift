import ArgumentParser
import Encoding
import FileStore
import GrantCore

/// `grantctl client disable`
struct ClientDisable: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Disables a client: it gets no tokens, and those that it has stop working.",
        discussion: "Its file is kept; `client enable` enables it again, with its tokens."
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        try await administration.update(client.id, as: .disable) { $0.isActive = false }
        return Report(
            json: Switched(clientId: client.id.value, active: false),
            text: "Client \(client.id.value.printable) is disabled."
        )
    }
}

/// `grantctl client enable`
struct ClientEnable: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Enables a client again."
    )

    @OptionGroup var client: ClientArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let administration = site.clients
        try await administration.update(client.id, as: .enable) { $0.isActive = true }
        return Report(
            json: Switched(clientId: client.id.value, active: true),
            text: "Client \(client.id.value.printable) is enabled."
        )
    }
}

private struct Switched: Encodable {
    let clientId: String
    let active: Bool
}
