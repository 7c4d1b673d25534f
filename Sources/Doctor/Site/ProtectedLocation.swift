/// A location whose requests grantd checks.
package struct ProtectedLocation: Sendable, Equatable {
    /// The server's name.
    package let server: String
    /// What the location says about paths, such as `/orders/` or `~ \.php$`; `/` if the whole server is checked.
    package let pattern: String
    /// The path of a plain prefix or exact location, to ask for; nil for expressions and named locations.
    package let path: String?
    /// The scopes that a token needs.
    package let scopes: [String]
    /// Where the `auth_request` stands.
    package let place: Finding.Place
}
