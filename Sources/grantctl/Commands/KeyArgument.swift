import ArgumentParser
import Encoding
import FileStore
import Remedies

/// A signing key that is named on the command line.
struct KeyArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The key's id, or how it begins if no other does so.", valueName: "kid"),
        completion: .custom { words, _, _ in knownSigningKeys(words) },
        transform: Self.prefix
    )
    var id: String

    private static func prefix(_ text: String) throws -> String {
        guard !text.isEmpty, text.utf8.allSatisfy(Base64.urlAlphabet.contains) else {
            throw ValidationError("A key's id is letters, digits, - and _, as `key list` shows it.")
        }
        return text
    }
}

/// The ids of keys to complete with; a directory that cannot be read has none.
private func knownSigningKeys(_ words: [String]) -> [String] {
    guard let settings = try? CommonOptions.settings(state: SiteAdvice.stateOption(in: words)),
        let site = try? Site(settings, making: false)
    else { return [] }
    return ((try? site.keys.keys()) ?? []).map(\.id)
}
