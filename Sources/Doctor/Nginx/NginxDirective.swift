/// One directive of nginx's configuration, with its arguments and, if it has one, its block.
package struct NginxDirective: Sendable {
    /// Its first word: `server`, `auth_request`, or a key in the block of a `map`.
    package private(set) var name: String
    /// The words after the name, without their quotes.
    package private(set) var arguments: [String]
    /// Where its name stands.
    package let place: Finding.Place
    /// The line of its last word or closing brace.
    package let lastLine: Int
    /// What stands between its braces; nil if it ends with a semicolon.
    package private(set) var block: [NginxDirective]?
    /// The `include` that brought in the file in which it stands; nil in the first file.
    package private(set) var via: Finding.Place?

    /// Its first argument, or an empty text.
    package var value: String { arguments.first ?? "" }

    /// The same directive, as an include brought it in.
    func including(block: [NginxDirective]?, via: Finding.Place?) -> NginxDirective {
        var directive = self
        (directive.block, directive.via) = (block, via)
        return directive
    }

    /// The same directive in other words.
    func with(name: String, arguments: [String]) -> NginxDirective {
        var directive = self
        (directive.name, directive.arguments) = (name, arguments)
        return directive
    }
}
