import Gateway
import GrantCore

extension GatewayRequest {
    /// The scope that the site's configuration asks for by its parameter. One that is not UTF-8 is malformed, not absent.
    var requiredScope: String? {
        parameters.bytes(of: "OAUTH_REQUIRE_SCOPE").map { String(decoding: $0, as: UTF8.self) }
    }

    /// The scope that a check asks for: the site's parameter, or without one the query of another proxy that asks over
    /// HTTP, `scope=a+b`, which is that proxy's own.
    ///
    /// - Throws: `malformedRequirement` for a query whose scope is malformed, repeated or misspelt.
    func checkedScope() throws(BearerRefusal) -> String? {
        if let scope = requiredScope { return scope }
        guard let query = parameters.bytes(of: "QUERY_STRING"), !query.isEmpty else { return nil }
        do throws(OAuthError) {
            return try CheckQuery(query).scope
        } catch {
            throw .malformedRequirement
        }
    }

    /// The scope that a check needed, for the log; nil for none or a malformed one. The query of a request that an
    /// Authorizer is asked about is the caller's own.
    var neededScope: String? {
        if isForAuthorizer { return requiredScope }
        return try? checkedScope()
    }

    /// The path that a check is about, without its query: as the web server says it, or as the proxy that asks over HTTP
    /// does. Bytes that are not UTF-8 become U+FFFD, so that they hide no location.
    var checkedLocation: String? {
        // Of a request that an Authorizer is asked about, this header is the caller's own.
        let proxy = isForAuthorizer ? [] : ["HTTP_X_FORWARDED_URI"]
        for name in ["OAUTH_LOCATION"] + proxy + ["REQUEST_URI"] {
            guard let uri = parameters.bytes(of: name), !uri.isEmpty else { continue }
            return String(decoding: uri.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        }
        return nil
    }

    private var isForAuthorizer: Bool { parameters["FCGI_ROLE"] == "AUTHORIZER" }
}
