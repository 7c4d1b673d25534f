import Encoding

/// Reads a JSON object (RFC 8259) as parameters: what JSON decoders cannot tell, a repeated member, is an error here.
///
/// The whole text is checked against the grammar; the values of unknown members are passed over.
struct JSONParameters {
    private var scanner: JSONScanner
    private let known: [Parameter]

    /// The members of the object that the endpoint knows.
    ///
    /// - Throws: `invalid_request` if the text is not one JSON object in UTF-8, is nested too deeply, repeats a known
    ///   member, or gives one a value other than a string or `null`; one that may repeat may be an array of strings.
    static func parse(_ body: [UInt8], known: [Parameter]) throws(OAuthError) -> RequestParameters {
        guard (try? UTF8Span(validating: body.span)) != nil else { throw .invalidRequest("the body is not UTF-8") }
        var reader = JSONParameters(scanner: JSONScanner(body), known: known)
        return try reader.object()
    }

    private mutating func object() throws(OAuthError) -> RequestParameters {
        var parameters = RequestParameters()
        var lists: [Parameter] = []
        do {
            guard try scanner.beginObject() else {
                throw OAuthError.invalidRequest(
                    "the body is not a JSON object; the Content-Type of a form is \(MediaType.form.rawValue)"
                )
            }
            while let name = try scanner.nextMember() {
                guard let parameter = Parameter(rawValue: name), known.contains(parameter) else {
                    try scanner.skipValue()
                    continue
                }
                // What a form repeats is an array here: no member is repeated (RFC 6749 §3.2).
                if parameter.mayRepeat {
                    guard !lists.contains(parameter) else {
                        throw OAuthError.invalidRequest("\(parameter.rawValue) is repeated")
                    }
                    lists.append(parameter)
                }
                if let value = try scanner.string() {
                    try parameters.insert(value, for: parameter)
                } else if try scanner.skipNull() {
                    // No value is the same as an empty one, which is the same as none (RFC 6749 §3.2).
                    try parameters.insert("", for: parameter)
                } else if parameter.mayRepeat, try scanner.beginArray() {
                    while try scanner.nextElement() {
                        guard let value = try scanner.string() else {
                            throw OAuthError.invalidRequest(
                                "\(parameter.rawValue) is not a string or an array of strings"
                            )
                        }
                        try parameters.insert(value, for: parameter)
                    }
                } else {
                    throw OAuthError.invalidRequest("\(parameter.rawValue) is not a string")
                }
            }
            try scanner.end()
        } catch let error as OAuthError {
            throw error
        } catch {
            throw .invalidRequest("the body is not well-formed JSON")
        }
        return parameters
    }
}
