/// The query by which another proxy asks for a check over HTTP: `scope=a+b`, or `scope=a&scope=b` for a proxy whose
/// settings allow neither `+` nor `%`.
package struct CheckQuery {
    /// The scopes that a token needs, all of them, separated by spaces; nil for none.
    package let scope: String?

    /// Reads a query. Scopes under several `scope` names add up, so that no name can undo another.
    ///
    /// - Throws: `invalid_request` if a scope is not well encoded, or stands under a name that only resembles `scope`:
    ///   what a proxy misspells must not open anything. Other names are passed over.
    package init(_ query: ArraySlice<UInt8>) throws(OAuthError) {
        var scopes: [String] = []
        for field in query.split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            let decoded = FormParameters.decode(name.span)?.lowercased()
            guard decoded?.contains(Parameter.scope.rawValue) ?? true else { continue }
            guard name.elementsEqual(Parameter.scope.rawValue.utf8) else {
                throw .invalidRequest("the check takes scope, by no other name")
            }
            let encoded = field.dropFirst(name.count + 1)
            guard let value = FormParameters.decode(encoded.span) else {
                throw .invalidRequest("scope is not well encoded")
            }
            if !value.isEmpty { scopes.append(value) }
        }
        scope = scopes.isEmpty ? nil : scopes.joined(separator: " ")
    }
}
