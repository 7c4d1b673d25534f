import ArgumentParser
import Encoding
import FileStore
import GrantCore
import JOSE

/// `grantctl key show`
struct KeyShow: StateCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the public half of a key, as the JWK of /jwks."
    )

    @OptionGroup var key: KeyArgument
    @OptionGroup var common: CommonOptions

    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        let jwk = try site.keys.key(key.id).key.publicKey.jwk.text
        return Report(jsonText: jwk, text: jwk)
    }
}
