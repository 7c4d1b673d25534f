import Gateway
import GrantCore

extension GatewayRequest {
    /// The scope that the site's configuration asks for by its parameter. One that is not UTF-8 is malformed, not absent.
    var requiredScope: String? {
        parameters.bytes(of: "OAUTH_REQUIRE_SCOPE").map { String(decoding: $0, as: UTF8.self) }
    }

    /// The audience that the site's configuration asks for by its parameter, likewise.
    var requiredAudience: String? {
        parameters.bytes(of: "OAUTH_REQUIRE_AUDIENCE").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the site's configuration says what it asks for, be it nothing.
    var hasRequirement: Bool { requiredScope != nil || requiredAudience != nil }

    /// What a check asks for: the site's parameters, or without any the query of another proxy that asks over HTTP,
    /// `scope=a+b&audience=c`, which is that proxy's own.
    ///
    /// - Throws: `malformedRequirement` for a query that is malformed or misspelt.
    func checkRequirement() throws(BearerRefusal) -> CheckRequirement {
        let own = CheckRequirement(scope: requiredScope, audience: requiredAudience)
        if own != CheckRequirement() { return own }
        guard let query = parameters.bytes(of: "QUERY_STRING"), !query.isEmpty else { return CheckRequirement() }
        do throws(OAuthError) {
            return try CheckQuery(query).requirement
        } catch {
            throw .malformedRequirement
        }
    }

    /// The scope that a check needed, for the log; nil for none or a malformed one. The query of a request that an
    /// Authorizer is asked about is the caller's own.
    var neededScope: String? {
        if isForAuthorizer { return requiredScope }
        return try? checkRequirement().scope
    }

    /// The path that a check is about, without its query: as the web server says it, or as the proxy that asks over HTTP
    /// does. Bytes that are not UTF-8 become U+FFFD, so that they hide no location.
    var checkedLocation: String? {
        // Of a request that an Authorizer is asked about, this header is the caller's own.
        let proxy = isForAuthorizer ? [] : ["HTTP_X_FORWARDED_URI", "HTTP_X_ORIGINAL_URL"]
        for name in ["OAUTH_LOCATION"] + proxy + ["REQUEST_URI"] {
            guard let uri = parameters.bytes(of: name), !uri.isEmpty else { continue }
            let path = name == "HTTP_X_ORIGINAL_URL" ? Self.withoutOrigin(uri) : uri
            return String(decoding: path.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        }
        return nil
    }

    /// What follows `scheme://host` in a URL; the whole text if it is not a URL.
    private static func withoutOrigin(_ url: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let slash = UInt8(ascii: "/")
        let scheme = url.prefix { $0 != slash && $0 != UInt8(ascii: "?") }
        guard scheme.last == UInt8(ascii: ":"), url[scheme.endIndex...].starts(with: [slash, slash]) else { return url }
        return url[scheme.endIndex...].dropFirst(2).drop { $0 != slash && $0 != UInt8(ascii: "?") }
    }

    private var isForAuthorizer: Bool { parameters["FCGI_ROLE"] == "AUTHORIZER" }
}
