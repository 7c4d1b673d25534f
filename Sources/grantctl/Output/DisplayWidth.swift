extension String {
    /// How many columns of a terminal it takes, or a few more: printable text only.
    var displayWidth: Int { unicodeScalars.reduce(0) { $0 + $1.displayWidth } }

    /// The text cut to a width in columns; an ellipsis replaces what is cut.
    func clipped(to width: Int, _ glyphs: Glyphs) -> String {
        guard displayWidth > width else { return self }
        guard width > 0 else { return "" }
        var (text, used) = ("", 0)
        for character in self {
            let next = String(character).displayWidth
            guard used + next <= width - 1 else { break }
            text.append(character)
            used += next
        }
        return text + glyphs.ellipsis
    }

    /// Padded with spaces on the right to a width in columns.
    func padded(to width: Int) -> String { self + spaces(to: width) }

    /// Padded with spaces on the left to a width in columns.
    func rightAligned(to width: Int) -> String { spaces(to: width) + self }

    private func spaces(to width: Int) -> String { String(repeating: " ", count: max(0, width - displayWidth)) }
}

extension Unicode.Scalar {
    /// How many columns it takes: two for what Unicode calls wide and for emoji, none for marks over other letters.
    ///
    /// Where terminals differ it is the larger number, so that no line is ever too long.
    fileprivate var displayWidth: Int {
        // A sign that is shown as an emoji because of this may take a second column.
        if value == 0xFE0F { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        return isWide ? 2 : 1
    }

    /// Whether it is wide or fullwidth (UAX #11), or an emoji.
    private var isWide: Bool {
        switch value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
            0x1D300...0x1D37F, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: properties.isEmojiPresentation
        }
    }
}
