/// Words that are nearly grantd's: they were read as what they mean, so that they have this one finding.
struct SpellingRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.misspellings.map { misspelling in
            ShippedFile.isShipped(misspelling.meant)
                ? Finding(
                    .failure,
                    "include-misspelt",
                    at: misspelling.place,
                    "\(misspelling.written) cannot be read, and is nearly \(misspelling.meant): nginx refuses the configuration.",
                    remedy: "Write \"include \(misspelling.meant);\"."
                )
                : Finding(
                    .failure,
                    "directive-misspelt",
                    at: misspelling.place,
                    "nginx has no \(misspelling.written), and refuses the configuration: it is nearly \(misspelling.meant).",
                    remedy: "Write \(misspelling.meant) in its place."
                )
        }
    }
}
