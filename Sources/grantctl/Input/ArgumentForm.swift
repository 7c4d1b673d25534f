import ArgumentParser
import GrantCore
import Remedies

/// The forms of arguments: each is parsed once, and refused in words.
enum ArgumentForm {
    /// Parses an id; the error says what an id is.
    static func clientID(_ text: String) throws -> ClientID {
        guard let id = ClientID(text) else {
            throw ValidationError("An id has 1 to \(ClientID.maximumLength) bytes and no control characters.")
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

    /// Parses a scope; the error says what a scope is.
    static func scope(_ text: String) throws -> Scope {
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

    /// Parses a client's display name; the error says what a name is.
    static func clientName(_ text: String) throws -> String {
        guard (1...250).contains(text.utf8.count), text == text.printable else {
            throw ValidationError("A name has 1 to 250 bytes and no control characters.")
        }
        return text
    }

    /// Parses a number of seconds; the error names the range.
    static func seconds(_ text: String, in range: ClosedRange<Int>) throws -> Int {
        guard let seconds = Int(text), range.contains(seconds) else {
            throw ValidationError("Give a number of seconds from \(range.lowerBound) to \(range.upperBound).")
        }
        return seconds
    }
}
