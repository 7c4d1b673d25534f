/// The query by which another proxy asks for a check over HTTP: `scope=a+b&audience=c`, or `scope=a&scope=b` for a proxy
/// whose settings allow neither `+` nor `%`.
package struct CheckQuery {
    /// What the query asks for.
    package let requirement: CheckRequirement

    /// Reads a query. Scopes under several `scope` names add up, so that no name can undo another.
    ///
    /// - Throws: `invalid_request` if a value is not well encoded, or stands under a name that only resembles `scope` or
    ///   `audience`: what a proxy misspells must not open anything. Other names are passed over.
    package init(_ query: ArraySlice<UInt8>) throws(OAuthError) {
        var scopes: [String] = []
        var audiences: [String] = []
        for field in query.split(separator: UInt8(ascii: "&")) {
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            let decoded = FormParameters.decode(name.span)?.lowercased()
            guard let parameter = Self.parameter(resembling: decoded) else { continue }
            guard name.elementsEqual(parameter.rawValue.utf8) else {
                throw .invalidRequest("the check takes scope and audience, by no other names")
            }
            let encoded = field.dropFirst(name.count + 1)
            guard let value = FormParameters.decode(encoded.span) else {
                throw .invalidRequest("\(parameter.rawValue) is not well encoded")
            }
            if value.isEmpty { continue }
            if parameter == .scope { scopes.append(value) } else { audiences.append(value) }
        }
        // Several audiences would widen what the first one allows.
        guard audiences.count <= 1 else { throw .invalidRequest("audience is repeated") }
        requirement = CheckRequirement(
            scope: scopes.isEmpty ? nil : scopes.joined(separator: " "),
            audience: audiences.first
        )
    }

    /// What a name is, or was probably meant to be; a name that cannot be decoded may be anything.
    private static func parameter(resembling name: String?) -> Parameter? {
        guard let name else { return .scope }
        return [Parameter.scope, .audience].first { name.contains($0.rawValue) }
    }
}
