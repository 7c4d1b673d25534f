import ArgumentParser
import Encoding
import FileStore
import GrantCore
import JOSE
import Remedies

/// A client that is named on the command line.
struct ClientArgument: ParsableArguments {
    @Argument(
        help: "The client's id.",
        completion: .custom { words, _, _ in knownIDs(words) },
        transform: ArgumentForm.clientID
    )
    var id: ClientID
}

/// The ids to complete with; a directory that cannot be read has none.
///
/// Only those of harmless characters: bash's completion expands the words that it is given, commands in them as well.
func knownIDs(_ words: [String]) -> [String] {
    guard let settings = try? CommonOptions.settings(state: SiteAdvice.stateOption(in: words)),
        let site = try? Site(settings, making: false),
        let ids = try? site.run({ try await site.clients.ids() })
    else { return [] }
    return ids.map(\.value).filter { $0.utf8.allSatisfy(harmless.contains) }
}

/// The names of secrets to complete with: those of the clients that the words name.
func knownSecrets(_ words: [String]) -> [String] { namedClients(words).flatMap(\.secrets).map(\.hash.shortID) }

/// The names of keys to complete with: those of the clients that the words name.
func knownKeys(_ words: [String]) -> [String] {
    let keys = namedClients(words).flatMap { $0.keys?.keys ?? [] }
    return keys.map(\.name).filter { $0.utf8.allSatisfy(harmless.contains) }
}

/// The clients that the words of a command line name; a directory that cannot be read has none.
private func namedClients(_ words: [String]) -> [Client] {
    guard let settings = try? CommonOptions.settings(state: SiteAdvice.stateOption(in: words)),
        let site = try? Site(settings, making: false)
    else { return [] }
    // The first words are the command's own, which may be clients' ids as well.
    let named = words.dropFirst(3).compactMap { ClientID($0) }
    let clients = try? site.run {
        var found: [Client] = []
        for id in named {
            if let client = try? await site.clients.client(id) { found.append(client) }
        }
        return found
    }
    return clients ?? []
}

private let harmless = Base64.urlAlphabet.union(".@/+".utf8)
