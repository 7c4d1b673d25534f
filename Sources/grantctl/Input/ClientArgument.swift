import ArgumentParser
import FileStore
import GrantCore

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
private func knownIDs(_ words: [String]) -> [String] {
    let given = words.firstIndex(of: "--state").map { words[$0...].dropFirst().first } ?? nil
    guard let path = try? CommonOptions.statePath(overridden: given), StateDirectory.exists(at: path),
        let state = try? StateDirectory(path: path),
        let ids = try? ClientAdministration(in: state).ids()
    else { return [] }
    return ids.map(\.value)
}
