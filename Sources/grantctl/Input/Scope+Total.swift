import ArgumentParser
import GrantCore

extension [Scope] {
    /// All words of an option that was given several times.
    ///
    /// - Throws: `ValidationError` if that is more than a client may have.
    func total() throws -> Scope {
        try ArgumentForm.anyScope(reduce(Scope.none) { $0.union($1) }.description)
    }
}
