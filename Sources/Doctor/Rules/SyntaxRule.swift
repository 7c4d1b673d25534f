/// Lines that nginx cannot read.
struct SyntaxRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.syntaxErrors.map { error in
            Finding(
                .failure,
                "syntax-error",
                at: error.place,
                "Line \(error.place.line) \(error.reason), so nginx refuses the configuration.",
                remedy: "Run \"nginx -t\" and correct this line."
            )
        }
    }
}
