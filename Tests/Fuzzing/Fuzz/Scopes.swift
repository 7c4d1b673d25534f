@testable import GrantCore

/// The input as two scopes with a zero between them.
func scopes(_ input: [UInt8]) {
    let texts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let read = texts.map { text in
        Scope(String(decoding: text, as: UTF8.self))
    }
    for (text, scope) in zip(texts, read) {
        expect((scope != nil) == isWellFormed(Array(text)), "what RFC 6749 §3.3 allows is a scope, and nothing else")
        guard let scope else { continue }
        expect(Scope(scope.description) == scope, "a scope that is written is the same when it is read")
        expect(Set(scope.words).count == scope.words.count, "each word is there once")
        expect(scope.contains(scope) && scope.contains(.none), "it contains itself, and no scope at all")
    }
    guard read.count == 2, let left = read[0], let right = read[1] else { return }
    let (leftSet, rightSet) = (Set(left.words), Set(right.words))
    expect(left.contains(right) == rightSet.isSubset(of: leftSet), "it contains what its words are a superset of")
    let both = left.intersection(right)
    expect(Set(both.words) == leftSet.intersection(rightSet), "the words of both are those that both have")
    expect(left.contains(both) && right.contains(both), "each contains what both have")
    cutDown(right, to: left)
}

/// What SMART's rule grants of a scope is in both that which was asked for and that which there is.
private func cutDown(_ asked: Scope, to own: Scope) {
    let granted: Scope
    do throws(ScopeFault) {
        granted = try ScopePolicy.smart.grant(asked, outOf: own)
    } catch .tooLong {
        return
    } catch {
        return expect(!asked.isEmpty && own.intersection(asked).isEmpty, "what is there is not refused")
    }
    expect(granted.description.utf8.count <= Client.longestScope, "a granted scope is not too long")
    expect(asked.isEmpty == granted.isEmpty, "a grant is not empty")
    if own.contains(asked) { expect(granted == asked, "what is there word for word is granted so") }
    for scope in [own, asked] where !granted.isEmpty {
        expect((try? ScopePolicy.smart.grant(granted, outOf: scope)) == granted, "what is granted is in both")
    }
}

/// RFC 6749 §3.3, letter by letter: what may follow a space, and the start, is a letter of a word.
private func isWellFormed(_ text: [UInt8]) -> Bool {
    var mayEnd = true
    for (index, byte) in text.enumerated() {
        switch byte {
        case 0x21, 0x23...0x5B, 0x5D...0x7E: mayEnd = true
        case 0x20 where mayEnd && index > 0: mayEnd = false
        default: return false
        }
    }
    return mayEnd
}
