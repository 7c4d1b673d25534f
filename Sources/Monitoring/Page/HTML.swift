import Encoding

/// Markup in the making: what is written in the source is taken as it is, and every interpolated text is escaped.
///
/// `"<td>\(clientID)</td>"` is safe for any id, in an element and between the quotes of an attribute.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    /// The markup.
    private(set) var text: String

    init(stringLiteral text: String) {
        self.text = text
    }

    init(stringInterpolation parts: Interpolation) {
        self.text = parts.text
    }

    /// Takes a text as markup. It must be one of our own: nothing in it is escaped.
    init(markup text: String) {
        self.text = text
    }

    static func += (html: inout HTML, added: HTML) {
        html.text += added.text
    }

    /// The parts of markup between quotes.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ value: String) {
            text.appendEscaped(value)
        }

        mutating func appendInterpolation(_ number: some BinaryInteger) {
            text += String(number)
        }

        mutating func appendInterpolation(_ html: HTML) {
            text += html.text
        }

        mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }
    }
}

extension String {
    /// Adds a text so that HTML shows it and takes no part of it for markup. Characters that are invisible, or change the
    /// order of others, are shown by their numbers: `\u{202E}`.
    fileprivate mutating func appendEscaped(_ value: String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": self += "&amp;"
            case "<": self += "&lt;"
            case ">": self += "&gt;"
            case "\"": self += "&quot;"
            case "'": self += "&#39;"
            case " "..."~": unicodeScalars.append(scalar)
            case _ where scalar.isPrintable: unicodeScalars.append(scalar)
            default: self += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
    }
}
