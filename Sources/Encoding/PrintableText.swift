extension String {
    /// With a mark in the place of each character that could move a terminal's cursor or hide others.
    package var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar {
    /// Whether it shows by itself: no control character, nothing that changes the direction or the order of others, no
    /// line or paragraph separator, and nothing that fonts do not know.
    package var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }
}
