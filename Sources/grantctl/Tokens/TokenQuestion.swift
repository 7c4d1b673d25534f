import ArgumentParser
import Encoding
import GrantCore

/// A request for a token (RFC 6749 §4.4.2), in one of the ways that a client authenticates.
struct TokenQuestion {
    /// How a client sends its id and secret. An assertion is sent in a form or in JSON.
    enum Way: String, CaseIterable, ExpressibleByArgument {
        /// The Authorization header, form-encoded (RFC 6749 §2.3.1).
        case basic
        /// Two fields of the form.
        case form
        /// Two members of a JSON object.
        case json
    }

    /// What a client authenticates by.
    enum Credentials {
        case secret(ClientSecret)
        /// A JWT that it has signed (RFC 7523 §2.2).
        case assertion(String)
    }

    /// The only type of assertion that there is for clients (RFC 7523 §2.2).
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let client: ClientID
    let credentials: Credentials
    let scope: Scope
    let way: Way
    /// The services that the token is to be for, as URIs (RFC 8707 §2).
    var resources: [String] = []
    /// The same by names of any form.
    var audiences: [String] = []

    /// The request to the token endpoint of a URL.
    func request(to url: String) -> HTTPRequest {
        var headers: [HTTPRequest.Header] = [("Accept", "application/json")]
        var fields = [(name: "grant_type", value: GrantType.clientCredentials)]
        if !scope.isEmpty { fields.append(("scope", scope.description)) }
        switch credentials {
        case .secret(let secret) where way == .basic:
            headers.append(HTTPRequest.basic(client.value, secret.exposedValue))
        case .secret(let secret): fields += [("client_id", client.value), ("client_secret", secret.exposedValue)]
        case .assertion(let text):
            fields += [("client_assertion_type", Self.assertionType), ("client_assertion", text)]
        }
        guard way == .json else {
            fields += resources.map { ("resource", $0) } + audiences.map { ("audience", $0) }
            return .form(url, fields, headers)
        }
        var object = JSONObject()
        for field in fields { object.add(field.name, field.value) }
        if !resources.isEmpty { object.add("resource", resources) }
        if !audiences.isEmpty { object.add("audience", audiences) }
        return HTTPRequest("POST", url, headers + [("Content-Type", "application/json")], body: object.text)
    }
}
