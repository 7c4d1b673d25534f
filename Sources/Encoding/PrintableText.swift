extension String {
    /// With a mark in the place of each character that could move a terminal's cursor or hide others.
    package var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar {
    /// Whether it is a control character, C0, DEL or C1: the general category Cc, which Unicode keeps as it is.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    /// Whether it shows by itself: no control character, nothing that changes the direction or the order of others, no
    /// line or paragraph separator, and nothing that fonts do not know.
    package var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }
}
