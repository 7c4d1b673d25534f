/// Every rule, in the order in which a reader would look.
enum RuleTable {
    static let all: [any SiteRule] = [
        SyntaxRule()
    ]
}
