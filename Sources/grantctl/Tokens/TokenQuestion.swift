import ArgumentParser
import GrantCore

/// A request for a token (RFC 6749 §4.4.2), in one of the three ways that a client authenticates.
struct TokenQuestion {
    /// How a client sends its id and secret.
    enum Way: String, CaseIterable, ExpressibleByArgument {
        /// The Authorization header, form-encoded (RFC 6749 §2.3.1).
        case basic
        /// Two fields of the form.
        case form
        /// Two members of a JSON object.
        case json
    }

    let client: ClientID
    let secret: ClientSecret
    let scope: Scope
    let way: Way

    /// The request to the token endpoint of a URL.
    func request(to url: String) -> HTTPRequest {
        var headers: [HTTPRequest.Header] = [("Accept", "application/json")]
        var fields = [(name: "grant_type", value: GrantType.clientCredentials)]
        if !scope.isEmpty { fields.append(("scope", scope.description)) }
        if way == .basic {
            headers.append(HTTPRequest.basic(client.value, secret.exposedValue))
        } else {
            fields += [("client_id", client.value), ("client_secret", secret.exposedValue)]
        }
        guard way == .json else { return .form(url, fields, headers) }
        var object = JSONObject()
        for field in fields { object.add(field.name, field.value) }
        return HTTPRequest("POST", url, headers + [("Content-Type", "application/json")], body: object.text)
    }
}
