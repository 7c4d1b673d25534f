/// What a site asks of a token at one location, as its configuration has it.
package struct CheckRequirement: Sendable, Equatable {
    /// The words of scope, all of them, separated by single spaces; nil or empty for none.
    package var scope: String?
    /// The names that the service behind the location has, separated by single spaces; nil or empty for none. A token has
    /// to be for one of them.
    package var audience: String?

    /// Describes what is asked for.
    package init(scope: String? = nil, audience: String? = nil) {
        self.scope = scope
        self.audience = audience
    }
}
