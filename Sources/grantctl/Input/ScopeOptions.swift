import ArgumentParser
import GrantCore

extension [Scope] {
    /// All words of an option that was given several times.
    ///
    /// - Throws: `ValidationError` if a client may not have so many.
    func total() throws -> Scope {
        try ArgumentForm.anyScope(reduce(Scope.none) { $0.union($1) }.description)
    }
}
