import Doctor

/// A path of the site that needs a token.
struct ProtectedPlace: Equatable {
    /// What is asked for, such as `/orders/`.
    let path: String
    /// The scopes that a token needs; nil if they are not known.
    let scopes: [String]?
    /// Where the configuration says so; nil if a person did.
    let place: Finding.Place?

    /// A path that a person names, `/orders/` or `/orders/ orders.read orders.write`; nil if it is not one.
    init?(argument: String) {
        let words = argument.split(separator: " ").map(String.init)
        guard let path = words.first, path.hasPrefix("/"), MountURL("http://host\(path)") != nil else { return nil }
        self.path = path
        scopes = words.count > 1 ? Array(words.dropFirst()) : nil
        place = nil
    }

    /// One that the configuration has; nil if no path can be named for it.
    init?(_ location: ProtectedLocation) {
        guard let path = location.path, MountURL("http://host\(path)") != nil else { return nil }
        self.path = path
        scopes = location.scopes
        place = location.place
    }
}
