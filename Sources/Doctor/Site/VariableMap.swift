/// A `map` or `geo` block.
struct VariableMap: Sendable {
    /// What it looks at; empty for a `geo` that looks at the peer's address.
    let source: String
    /// The variable that it sets, with its `$`.
    let variable: String
    /// Its lines: keys and values.
    let entries: [NginxDirective]
    let place: Finding.Place
    let isGeo: Bool

    /// The map that a directive is; nil if it is another directive.
    init?(_ directive: NginxDirective) {
        guard directive.name == "map" || directive.name == "geo", let block = directive.block,
            let variable = directive.arguments.last
        else { return nil }
        source = directive.arguments.count == 2 ? directive.arguments[0] : ""
        self.variable = variable
        entries = block
        place = directive.place
        isGeo = directive.name == "geo"
    }
}
