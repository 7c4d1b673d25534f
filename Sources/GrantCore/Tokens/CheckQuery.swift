/// The query by which another proxy asks for a check over HTTP: `scope=a+b`.
package struct CheckQuery {
    /// The scope that a token needs; nil for none.
    package let scope: String?

    /// Reads a query.
    ///
    /// - Throws: `invalid_request` if its scope is malformed or repeated, or stands under a name that only resembles it:
    ///   what a proxy misspells must not open anything. Other names are passed over.
    package init(_ query: ArraySlice<UInt8>) throws(OAuthError) {
        for field in query.split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            let decoded = FormParameters.decode(name.span)?.lowercased()
            if decoded?.contains(Parameter.scope.rawValue) ?? true, !name.elementsEqual(Parameter.scope.rawValue.utf8) {
                throw .invalidRequest("the check takes scope, by no other name")
            }
        }
        scope = try FormParameters.parse(query, known: [.scope])[.scope]
    }
}
