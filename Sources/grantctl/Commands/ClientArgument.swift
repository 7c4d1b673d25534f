import ArgumentParser
import FileStore
import GrantCore
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

private let harmless = Base64.urlAlphabet.union(".@/+".utf8)
