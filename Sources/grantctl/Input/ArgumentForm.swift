import ArgumentParser
import Encoding
import GrantCore
import JOSE
import Linux
import Remedies
import Settings

/// The forms of arguments: each is parsed once, and refused in words.
enum ArgumentForm {
    /// Parses an id; the error says what an id is.
    static func clientID(_ text: String) throws -> ClientID {
        guard let id = ClientID(text) else {
            throw ValidationError(
                "An id has 1 to \(ClientID.maximumLength) bytes and no control characters: leave line breaks out."
            )
        }
        return id
    }

    /// Makes sure that a new client's id is one that was meant, and not a slip.
    static func requireMeant(_ id: ClientID) throws {
        if id.value.first == " " || id.value.last == " " {
            throw ValidationError("The id \(id.value.debugDescription) begins or ends with a blank: leave it out.")
        }
        if TypographicSigns.beginsWithDash(id.value) {
            throw ValidationError("The id \(id.value.debugDescription) begins with a typographic dash: type hyphens.")
        }
    }

    /// Parses a scope; the error says what a scope is. Words with commas, which RFC 6749 allows, are refused: with them
    /// people mean several words.
    static func scope(_ text: String) throws -> Scope { try scope(text, of: "--scope") }

    /// Parses the scope of `--add-scope` likewise.
    static func addedScope(_ text: String) throws -> Scope { try scope(text, of: "--add-scope") }

    private static func scope(_ text: String, of option: String) throws -> Scope {
        let words = text.split { ", \t\n".contains($0) }.joined(separator: " ").printable
        if text.contains(",") {
            throw ValidationError("Scopes are separated by blanks: \(option) \"\(words)\".")
        }
        if Scope(text) == nil, Scope(words) != nil {
            throw ValidationError("Scopes are separated by single blanks: \(option) \"\(words)\".")
        }
        return try anyScope(text)
    }

    /// Parses a scope that a client may have from elsewhere, with commas in it.
    static func anyScope(_ text: String) throws -> Scope {
        guard let scope = Scope(text) else {
            throw ValidationError(
                "A scope is words with single spaces between them, of printable ASCII without \" and \\."
            )
        }
        guard scope.description.utf8.count <= Client.longestScope else {
            throw ValidationError("A client's scope has at most \(Client.longestScope) bytes.")
        }
        return scope
    }

    /// Parses one name of an audience; the error says what a name is.
    static func audience(_ text: String) throws -> String {
        guard Audience.isName(text) else {
            throw ValidationError(
                "An audience is 1 to \(Audience.longestName) visible ASCII characters without \" and \\, one to an option."
            )
        }
        return text
    }

    /// Parses a resource (RFC 8707 §2); the error says what one is.
    static func resource(_ text: String) throws -> String {
        guard Audience.isResource(text) else {
            throw ValidationError("A resource is an absolute URI without a fragment: https://api.example.com/orders")
        }
        return text
    }

    /// The audience of the names that an option was given with.
    static func audience(of names: [String]) throws -> Audience {
        guard let audience = Audience(names) else {
            throw ValidationError(
                "There are at most \(Audience.mostNames) audiences, of \(Audience.longest) bytes together."
            )
        }
        return audience
    }

    /// Parses the name of a signature algorithm; the error lists them.
    static func algorithm(_ text: String) throws -> Algorithm {
        guard let algorithm = Algorithm(rawValue: text) else {
            let names = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("Give one of \(names).")
        }
        return algorithm
    }

    /// Parses a client's display name; the error says what a name is.
    static func clientName(_ text: String) throws -> String {
        guard Client.isName(text) else {
            throw ValidationError("A name has 1 to \(Client.longestName) bytes and no control characters.")
        }
        return text
    }

    /// Parses a duration, in seconds or with a unit: `3600`, `90s`, `30m`, `12h`, `7d`; the error names the range.
    static func seconds(_ text: String, in range: ClosedRange<Int>) throws -> Int {
        guard let seconds = seconds(text), range.contains(seconds) else {
            throw ValidationError(
                "Give \(range.lowerBound) to \(range.upperBound) seconds, such as 3600, 90s, 30m, 12h or 7d."
            )
        }
        return seconds
    }

    /// Parses a duration that may be less than a second: `0.2`, `500ms`, `5s`.
    static func interval(_ text: String) throws -> Double {
        if let seconds = Double(text) { return seconds }
        guard let milliseconds = DurationText.milliseconds(text) else {
            throw ValidationError("Give a number of seconds, or a duration such as 500ms or 5s.")
        }
        return Double(milliseconds) / 1000
    }

    /// The seconds of a duration; nil if it is none, or not of whole seconds.
    private static func seconds(_ text: String) -> Int? {
        if let number = Int(text) { return number }
        guard let milliseconds = DurationText.milliseconds(text), milliseconds.isMultiple(of: 1000) else { return nil }
        return milliseconds / 1000
    }

    /// Parses an address of IPv4 or IPv6, or a network of 64 bits as `client show` writes it.
    static func origin(_ text: String) throws -> Origin {
        let address = text.hasSuffix("/64") ? String(text.dropLast(3)) : text
        switch IPAddress(address) {
        case .ipv4(let number)? where address == text: return Origin(ipv4: number)
        case .ipv6(let network, _)?: return Origin(ipv6Network: network)
        default: throw ValidationError("Give an address of IPv4 or IPv6, such as 192.0.2.7 or 2001:db8::7.")
        }
    }
}
