import Encoding

/// A token as people have it at hand: bare, after `Bearer`, as a whole header, or in the token endpoint's answer.
enum PresentedToken {
    /// The longest input, in bytes: an answer has the token's scope in it as well.
    static let longestInput = 65536

    private static let header = "authorization:"
    private static let scheme = "bearer"

    /// Asks for it, or reads it from standard input.
    static func read() throws(InputError) -> String {
        try text(in: StandardInput.text(prompt: "Token", limit: longestInput))
    }

    /// The token itself. It may be no token that this server has issued.
    static func text(in input: String) throws(InputError) -> String {
        var text = input[...].trimmed
        // `curl -i` prints the headers first.
        if text.hasPrefix("HTTP/"), let start = text.firstIndex(of: "{") { text = text[start...] }
        if text.hasPrefix("{") { return try member(of: text) }
        if text.lowercased().hasPrefix(header) { text = text.dropFirst(header.count).trimmed }
        if text.lowercased().hasPrefix(scheme), text.dropFirst(scheme.count).first?.isWhitespace == true {
            text = text.dropFirst(scheme.count).trimmed
        }
        guard !text.isEmpty else { throw .empty }
        return String(text)
    }

    private static func member(of answer: Substring) throws(InputError) -> String {
        guard let document = try? JSONDocument(Array(answer.utf8)), case .object(let members) = document else {
            throw .notAnAnswer
        }
        // `token` is what a request for introspection calls it.
        guard case .string(let token) = members["access_token"] ?? members["token"] else {
            throw .noTokenInAnswer(isError: members["error"] != nil)
        }
        guard !token[...].trimmed.isEmpty else { throw .empty }
        return String(token[...].trimmed)
    }
}

extension Substring {
    /// Without blanks, line ends and quotes around it.
    fileprivate var trimmed: Substring {
        let isAround = { (character: Character) in character.isWhitespace || "\"'`,".contains(character) }
        var text = drop(while: isAround)
        while let last = text.last, isAround(last) { text.removeLast() }
        return text
    }
}
