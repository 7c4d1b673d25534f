/// What becomes of a client's request for more scope than it has.
package enum ScopePolicy: String, Sendable, CaseIterable {
    /// It is refused; words are compared as they are (RFC 6749 §3.3).
    case exact
    /// It is cut down to what the client has, by what the words mean in SMART's language (``SMARTScope``). Words of no such
    /// meaning are compared as they are.
    case smart

    /// What of a request is granted.
    ///
    /// - Parameter own: all that the client has.
    /// - Throws: if that is nothing, or by this policy not enough.
    func grant(_ asked: Scope, outOf own: Scope) throws(ScopeFault) -> Scope {
        switch self {
        case .exact:
            if let word = own.firstWord(lackingFrom: asked) { throw .notAllowed(word: word) }
            return own.intersection(asked)
        case .smart:
            return try SMARTGrant(own).part(of: asked)
        }
    }
}

/// What a client has, in an order in which parts of it are found.
private struct SMARTGrant {
    private let words: Set<String>
    /// The words that mean something in SMART's language, all of them and by their types.
    private let scopes: [SMARTScope]
    private let scopesByType: [String: [SMARTScope]]

    /// What differs between parts that cannot be joined to one.
    private struct Selection: Hashable {
        let type: String
        let constraints: Set<String>
    }

    init(_ own: Scope) {
        words = Set(own.words)
        scopes = own.words.compactMap(SMARTScope.init)
        scopesByType = Dictionary(grouping: scopes, by: \.type)
    }

    /// The part of a request that the client has, in the words and the order of the request where they say it.
    func part(of asked: Scope) throws(ScopeFault) -> Scope {
        var granted: [String] = []
        var known: Set<String> = []
        var length = 0
        for word in asked.words {
            // A few words can have many parts each, so the length is looked at after each.
            for part in parts(of: word) where known.insert(part).inserted {
                granted.append(part)
                length += part.utf8.count + 1
            }
            guard length <= Client.longestScope + 1 else { throw .tooLong }
        }
        guard let scope = Scope(granted.joined(separator: " ")) else { return .none }
        if scope.isEmpty, let word = asked.words.first { throw .notAllowed(word: word) }
        return scope
    }

    /// What the client has of a word: the word itself, if that is all of it.
    private func parts(of word: String) -> [String] {
        if words.contains(word) { return [word] }
        guard let asked = SMARTScope(word) else { return [] }
        var places: [Selection: Int] = [:]
        var parts: [SMARTScope] = []
        for own in candidates(for: asked) {
            guard let part = asked.intersection(own) else { continue }
            let selection = Selection(type: part.type, constraints: part.constraints)
            if let place = places[selection] {
                parts[place] = parts[place].union(part)
            } else {
                places[selection] = parts.count
                parts.append(part)
            }
        }
        return parts.contains { $0.hasSameMeaning(as: asked) } ? [word] : parts.map(\.text)
    }

    /// The words that may have something in common with one that is asked for.
    private func candidates(for asked: SMARTScope) -> [SMARTScope] {
        if asked.type == SMARTScope.everyType { return scopes }
        return (scopesByType[SMARTScope.everyType] ?? []) + (scopesByType[asked.type] ?? [])
    }
}
