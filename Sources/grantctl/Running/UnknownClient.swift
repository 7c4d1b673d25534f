import ArgumentParser
import Encoding
import FileStore
import GrantCore
import Settings

/// There is no client of an id that was given; perhaps one of nearly that id.
struct UnknownClient: Error, CustomStringConvertible {
    /// The id.
    let id: ClientID
    /// The existing id that is most like it; nil if none is close.
    let nearest: ClientID?

    /// Looks for what may have been meant. If ids cannot be listed, nothing is suggested.
    init(_ id: ClientID, in clients: any ClientAdministration) async {
        self.id = id
        nearest = (try? await clients.ids()).flatMap { Self.nearest(to: id, among: $0) }
    }

    /// The id that is most like another one; nil if none is close. Capitals and blanks at the ends do not count.
    static func nearest(to id: ClientID, among known: [ClientID]) -> ClientID? {
        let wanted = letters(id)
        return
            known.map { (id: $0, letters: letters($0)) }
            .filter { Spelling.isNear(wanted, $0.letters, atMost: 2) }
            .min { Spelling.distance(wanted, $0.letters) < Spelling.distance(wanted, $1.letters) }?
            .id
    }

    private static func letters(_ id: ClientID) -> String {
        String(id.value.lowercased().drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// Describes what was found.
    init(_ id: ClientID, nearest: ClientID?) {
        self.id = id
        self.nearest = nearest
    }

    var description: String {
        if let nearest { return "there is no client \(id); did you mean \(nearest)?" }
        // A token or a secret is not repeated.
        guard !hasFormOfToken else {
            return "there is no client of this id, which has the form of a token or a secret: "
                + "these go to standard input, as `grantctl token inspect` and --secret-stdin read them"
        }
        return "there is no client \(id); `grantctl client list` shows all"
    }

    /// Whether the text may be a generated secret or a token.
    private var hasFormOfToken: Bool {
        [NewSecret.generatedLength, AccessToken.issuedLength].contains(id.value.utf8.count)
            && id.value.utf8.allSatisfy(Base64.urlAlphabet.contains)
    }
}

extension UnknownClient: Problem {
    var exitCode: ExitCode { .refused }
}
