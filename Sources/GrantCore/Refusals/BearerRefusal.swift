/// Why a request to the site does not pass, with its status and challenge (RFC 6750 §3).
package enum BearerRefusal: Error, Equatable {
    /// The request carries no bearer token.
    case noCredentials
    /// The Authorization header is not `Bearer` and a token.
    case malformedRequest
    /// The request did not come over TLS and had to.
    case insecureTransport
    /// The token is unknown, expired or revoked, or its client gone or switched off.
    case invalidToken
    /// The token is good, and lacks a word of this scope.
    case insufficientScope(Scope, client: ClientID)
    /// The token is good, and is for other services than the one that the site's configuration names (RFC 9068 §4).
    case otherAudience(client: ClientID)
    /// The site's configuration asks for something that is not a scope or an audience.
    case malformedRequirement
    /// The site's configuration was to say what it asks for, and does not.
    case missingRequirement
    /// Clients or tokens cannot be read.
    case unavailable(StorageError)
}

extension BearerRefusal {
    /// The HTTP status: 401 or 403, of which `auth_request` passes on the meaning, and 503 where nothing could be decided,
    /// which it denies as well.
    package var status: Int {
        switch self {
        case .noCredentials, .malformedRequest, .invalidToken, .otherAudience: 401
        case .insecureTransport, .insufficientScope, .malformedRequirement, .missingRequirement: 403
        case .unavailable: 503
        }
    }

    /// The `error` attribute; none if the request has no credentials (§3.1).
    package var code: String? {
        switch self {
        case .noCredentials, .unavailable: nil
        case .malformedRequest, .insecureTransport: "invalid_request"
        case .invalidToken, .otherAudience: "invalid_token"
        case .insufficientScope, .malformedRequirement, .missingRequirement: "insufficient_scope"
        }
    }

    /// What went wrong, in words; it tells nothing of the token.
    package var description: String {
        switch self {
        case .noCredentials: "no bearer token: send Authorization: Bearer TOKEN"
        case .malformedRequest: "the Authorization header is not Bearer and a token"
        case .insecureTransport: "tokens are taken over TLS only"
        case .invalidToken: "the token is unknown, expired or revoked: get a new one"
        case .otherAudience: "the token is for another service: ask for one with this service's resource or audience"
        case .insufficientScope: "the token lacks a scope that this needs"
        case .malformedRequirement: "the site asks for something that is not a scope or an audience"
        case .missingRequirement: "the site does not say which scope it asks for"
        case .unavailable(let error): error.description
        }
    }

    /// A JSON body in the form of RFC 6749 §5.2, for who looks there and not at the challenge.
    package var json: String {
        switch self {
        case .unavailable:
            #"{"error":"temporarily_unavailable","error_description":"tokens cannot be checked now, try again later"}"#
        default:
            // The challenge of a request without credentials has no error either (RFC 6750 §3.1).
            code.map { #"{"error":"\#($0)","error_description":"\#(description)"}"# }
                ?? #"{"error_description":"\#(description)"}"#
        }
    }

    /// The challenge (§3); none if nothing could be decided.
    package func challenge(realm: String) -> String? {
        var attributes = ["realm=\"\(realm)\""]
        switch self {
        case .unavailable: return nil
        case .noCredentials: break
        case .insufficientScope(let scope, _):
            attributes += [
                "error=\"insufficient_scope\"", "error_description=\"\(description)\"", "scope=\"\(scope)\"",
            ]
        default:
            if let code { attributes += ["error=\"\(code)\"", "error_description=\"\(description)\""] }
        }
        return "Bearer \(attributes.joined(separator: ", "))"
    }
}
