package import Encoding

/// The names of the services that a token is for (RFC 7519 §4.1.3, RFC 8707), each once, in the order in which they were
/// first named.
package struct Audience: Sendable, Hashable {
    /// The names; none for a token that any service may take.
    package let names: [String]

    /// No name at all.
    package static let none = Audience(unchecked: [])

    /// The most bytes of one name.
    package static let longestName = 512
    /// The most names.
    package static let mostNames = 32
    /// The most bytes that all names have together, with a space between them.
    package static let longest = 2048

    private init(unchecked names: [String]) {
        self.names = names
    }

    /// Takes names; nil if one cannot be a name, or they are too many or too long. One that is repeated is taken once.
    package init?(_ names: [String]) {
        guard names.count <= Self.mostNames, names.allSatisfy(Self.isName) else { return nil }
        var known: [String] = []
        for name in names where !known.contains(name) { known.append(name) }
        guard known.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.longest + 1 else { return nil }
        self.names = known
    }

    /// Takes names separated by single spaces, as a site's configuration has them; nil if they are malformed. The empty text
    /// means no name.
    package init?(separatedBySpaces text: String) {
        if text.isEmpty {
            self = .none
        } else {
            self.init(text.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
        }
    }

    /// Whether it has no names.
    package var isEmpty: Bool { names.isEmpty }

    /// Whether a token with this audience may be taken by a service with any of the other's names. A token without names
    /// may be taken only by a service without one.
    package func isAccepted(by services: Audience) -> Bool {
        isEmpty ? services.isEmpty : names.contains(where: services.names.contains)
    }

    /// The first name that another audience has and this one has not; nil if there is none.
    package func firstName(lackingFrom other: Audience) -> String? {
        other.names.first { !names.contains($0) }
    }

    /// Whether a text can be a name: 1 to 512 bytes of visible ASCII without quotation marks and backslashes, so that it can
    /// stand in a site's configuration.
    package static func isName(_ text: String) -> Bool {
        (1...longestName).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }

    /// Whether a text can be the value of `resource`: an absolute URI without a fragment (RFC 8707 §2).
    package static func isResource(_ text: String) -> Bool {
        guard isName(text), !text.utf8.contains(UInt8(ascii: "#")) else { return false }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        guard let first = scheme.first, isLetter(first), scheme.count + 1 < text.utf8.count else { return false }
        return scheme.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What is wrong with the audience that a client asks for (RFC 8707 §2).
package enum AudienceFault: Error, Sendable, Equatable {
    /// A `resource` is not an absolute URI without a fragment.
    case notResource
    /// An `audience` has characters that none has, or is too long, or there are too many.
    case malformed
    /// The client may not have tokens for this name.
    case notAllowed(name: String)
    /// The client gets signed tokens, and neither asked for an audience nor has a default (RFC 9068 §3).
    case missing

    /// What to tell the client; a name is cut to 100 characters.
    package var description: String {
        switch self {
        case .notResource: "resource has to be an absolute URI without a fragment"
        case .malformed:
            "audience has to be at most \(Audience.mostNames) names of 1 to \(Audience.longestName) visible ASCII characters"
        case .notAllowed(let name): "the client may not have tokens for \(name.prefix(100))"
        case .missing:
            "a signed token names its audience: send resource or audience, or give the client a default_audience"
        }
    }
}

extension JSONObject {
    /// Adds `aud`: a string for one name, an array for several, nothing for none (RFC 7519 §4.1.3).
    package mutating func add(audience: Audience) {
        switch audience.names.count {
        case 0: break
        case 1: add("aud", audience.names[0])
        default: add("aud", audience.names)
        }
    }
}
