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

    /// The request to a token endpoint.
    func request(to url: TokenURL) -> HTTPRequest {
        var request = HTTPRequest(method: "POST", url: url.text, headers: [("Accept", "application/json")])
        var fields = [(name: "grant_type", value: GrantType.clientCredentials)]
        if !scope.isEmpty { fields.append(("scope", scope.description)) }
        if way == .basic {
            let pair = "\(FormText.encoded(client.value)):\(FormText.encoded(secret.exposedValue))"
            request.headers.append(("Authorization", "Basic \(Base64.standard.encode(Array(pair.utf8)))"))
        } else {
            fields += [("client_id", client.value), ("client_secret", secret.exposedValue)]
        }
        if way == .json {
            var object = JSONObject()
            for field in fields { object.add(field.name, field.value) }
            request.body = object.text
        } else {
            request.body = FormText.form(fields)
        }
        let type = way == .json ? "application/json" : "application/x-www-form-urlencoded"
        request.headers.append(("Content-Type", type))
        return request
    }
}
