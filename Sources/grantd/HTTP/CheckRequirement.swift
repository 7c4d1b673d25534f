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

    /// The path that a check is about, as the web server says it, without its query.
    var checkedLocation: String? {
        guard let location = parameters["OAUTH_LOCATION"] ?? parameters["REQUEST_URI"], !location.isEmpty else {
            return nil
        }
        return String(location.prefix { $0 != "?" })
    }
}
