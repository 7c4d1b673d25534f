import ArgumentParser
import Linux

/// Where tokens are asked for: the token endpoint's URL, made of an issuer's if that is what was given.
struct TokenURL: Equatable {
    /// The token endpoint's URL.
    let text: String

    private static let endpoint = "/token"
    private static let https = "https://"
    private static let http = "http://"

    /// Takes an issuer's URL or a token endpoint's.
    ///
    /// - Parameter allowsPlaintext: takes `http` for other hosts than this one, to which secrets would go in clear.
    init(_ given: String, allowsPlaintext: Bool = false) throws(Fault) {
        guard let rest = [Self.https, Self.http].lazy.compactMap({ given.dropping(prefix: $0) }).first else {
            throw .noScheme
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), given.utf8.count <= 2048,
            !rest.contains(where: { "\"<>\\^`{|}".contains($0) })
        else { throw .malformed }
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw .hasCredentials }
        guard !rest.contains("?"), !rest.contains("#") else { throw .hasQuery }
        guard !authority.isEmpty, !authority.hasPrefix(":") else { throw .malformed }
        if given.lowercased().hasPrefix(Self.http), !allowsPlaintext, !Self.isLoopback(authority) { throw .plaintext }
        var base = given[...]
        while base.hasSuffix("/") { base.removeLast() }
        text = base.hasSuffix(Self.endpoint) ? String(base) : base + Self.endpoint
    }

    /// The issuer's URL, below which the endpoint is.
    var issuer: String { String(text.dropLast(Self.endpoint.count)) }

    /// The same, as an argument: the error says what is wrong, and holds none of it.
    static func argument(_ given: String, allowsPlaintext: Bool) throws -> TokenURL {
        do throws(Fault) {
            return try TokenURL(given, allowsPlaintext: allowsPlaintext)
        } catch {
            throw ValidationError(error.description)
        }
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        let bracket = authority.lastIndex(of: "]")
        let host = bracket.map { authority[...$0] } ?? authority.prefix { $0 != ":" }
        let port = authority[host.endIndex...]
        return (port.isEmpty || port.hasPrefix(":")) && IPAddress.isLoopback(host: host)
    }

    /// Why a text is not taken.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case noScheme, malformed, hasCredentials, hasQuery, plaintext

        var description: String {
            switch self {
            case .noScheme: "The URL has to start with https://, such as https://example.com/oauth2."
            case .malformed: "The URL is malformed: it has no host, or characters that a URL does not have."
            case .hasCredentials:
                "The URL must not hold an id or a secret: give --client ID, and the secret on standard input."
            case .hasQuery: "The URL must have no query and no fragment."
            case .plaintext: "Over http the secret can be read on the way: use https, or give --plaintext."
            }
        }
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> Substring? {
        lowercased().hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
