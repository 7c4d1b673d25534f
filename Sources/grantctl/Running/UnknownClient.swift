import FileStore
import GrantCore

/// There is no client of an id that was given; perhaps one of nearly that id.
struct UnknownClient: Error, CustomStringConvertible {
    /// The id.
    let id: ClientID
    /// The existing id that is most like it; nil if none is close.
    let nearest: ClientID?

    /// Looks for what may have been meant. If ids cannot be listed, nothing is suggested.
    init(_ id: ClientID, in clients: any ClientAdministration) async {
        self.id = id
        nearest = (try? await clients.ids()).flatMap { NearestID.of(id, among: $0) }
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

    /// Whether the text may be a generated secret, 43 characters, or a token, 64.
    private var hasFormOfToken: Bool {
        [43, 64].contains(id.value.utf8.count) && id.value.utf8.allSatisfy(Base64.urlAlphabet.contains)
    }
}
