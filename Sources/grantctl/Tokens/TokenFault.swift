import ArgumentParser
import Encoding
import GrantCore
import Remedies

/// Why there is no token: what happened, what it means, and what to do about it.
struct TokenFault: Problem {
    /// The status of the answer; nil if there was none.
    var status: Int?
    /// The `error` of the answer; nil if it has none.
    var code: String?
    /// The seconds after which to try again, as the answer says.
    var retryAfter: Int?
    /// What happened: for an answer, what the server said.
    var said: String
    /// What it means.
    var meaning: String
    /// What to do.
    var remedy: String

    var exitCode: ExitCode { .refused }

    var description: String { [said, meaning, remedy].filter { !$0.isEmpty }.joined(separator: "\n") }

    /// For programs.
    var json: String {
        var object = JSONObject()
        if let status { object.add("status", Int64(status)) }
        if let code { object.add("error", code) }
        if let retryAfter { object.add("retry_after", Int64(retryAfter)) }
        object.add("said", said)
        object.add("meaning", meaning)
        object.add("remedy", remedy)
        return object.text
    }
}

extension TokenFault {
    /// The longest text of a server's that is repeated, in characters.
    private static let longestQuote = 300

    /// Explains an answer without a token.
    init(
        _ response: HTTPResponse,
        _ members: [String: JSONDocument],
        _ asker: TokenQuestion,
        _ url: TokenURL
    ) {
        let quote = { (text: String) in Self.quote(text, without: asker) }
        let code = members["error"]?.text.map(quote)
        let kind = response.headers["content-type"].map(quote) ?? "no Content-Type"
        var said = "\(url.text) answered \(response.status)"
        if let code {
            said += " \(code)"
            if let words = members["error_description"]?.text { said += ": \(quote(words))" }
        } else {
            said += ", not an answer of a token endpoint (\(kind))"
        }
        let retryAfter = response.headers["retry-after"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        let (meaning, remedy) =
            code.flatMap { Self.explanation(of: $0, response.status, retryAfter, asker) }
            ?? Self.explanation(of: response, retryAfter, quote)
        self.init(
            status: response.status,
            code: code,
            retryAfter: retryAfter,
            said: said,
            meaning: meaning,
            remedy: remedy
        )
    }

    /// What an `error` of RFC 6749 §5.2 means; nil for one that is not known here.
    private static func explanation(
        of code: String,
        _ status: Int,
        _ retryAfter: Int?,
        _ asker: TokenQuestion
    ) -> (String, String)? {
        let id = ShellWord.argument(asker.client.value)
        switch (code, status) {
        case ("invalid_client", _) where asker.assertion != nil:
            return (
                "The id is unknown there, it has no key that fits this one and its kid, the assertion is for another issuer "
                    + "than the server's, a clock is wrong, the client is disabled, or it has to authenticate in another way. "
                    + "The server does not say which.",
                "Give the URL that is GRANTD_ISSUER there, and --kid if the client has several keys. On the server, "
                    + "`grantctl client show \(id)` tells the keys, and the log says what was wrong."
            )
        case ("invalid_target", _):
            return (
                "The client may not have tokens for what was asked for; or it gets signed tokens, which name a service, and "
                    + "none was asked for.",
                "Give --resource or --audience. On the server, `grantctl client show \(id)` lists its audiences, and "
                    + "`grantctl client set \(id) --add-audience NAME` adds one."
            )
        case ("invalid_client", _):
            return (
                "The id is unknown there, the secret is wrong or has expired, the client is disabled, or it has to "
                    + "authenticate in another way. The server does not say which.",
                "On the server, `grantctl client show \(id)` tells, and `grantctl client rotate \(id)` makes a new secret."
            )
        case ("temporarily_unavailable", 429):
            return (
                "Authentication of this client failed too often from this address. Until the wait is over, the right "
                    + "\(asker.assertion == nil ? "secret" : "key") is refused as well.",
                "Wait \(retryAfter.map { "\($0) seconds" } ?? "a few minutes"), and then use the right "
                    + (asker.assertion == nil ? "secret." : "key.")
            )
        case ("temporarily_unavailable", 502), ("temporarily_unavailable", 504): return nil
        case ("temporarily_unavailable", _):
            return (
                "The service cannot issue tokens at this moment.",
                "Try again in \(retryAfter ?? 5) seconds. On the server, `grantd --check` and the log say why."
            )
        case ("invalid_scope", _):
            return (
                "The client may not have all of the scope that was asked for.",
                "Ask for less, or for none to get all that it has. On the server, `grantctl client show \(id)` lists it."
            )
        case ("unauthorized_client", _):
            return (
                "The client may not use the grant client_credentials.",
                "On the server, look at grant_types in `grantctl client show --json \(id)`."
            )
        case ("invalid_request", 404):
            return (
                "grantd answers, but it has no endpoint at this path.",
                "Give the issuer's URL, which is the mount's."
            )
        case ("invalid_request", _), ("unsupported_grant_type", _):
            return (
                "The server did not take the request as it was sent.", "Try another --as, and https instead of http."
            )
        case ("access_denied", _):
            return ("The server does not answer this address.", "Ask from an address that the site allows.")
        default: return nil
        }
    }

    /// What an answer means that some other server gave, or nginx itself.
    private static func explanation(
        of response: HTTPResponse,
        _ retryAfter: Int?,
        _ quote: (String) -> String
    ) -> (String, String) {
        switch response.status {
        case 300..<400:
            let place = response.headers["location"].map { " to \(quote($0))" } ?? ""
            return (
                "The site redirects\(place). That was not followed: the secret would go to another place.",
                "If you trust it, give that URL. On the server, include grantd.server.conf above the site's redirects."
            )
        case 401:
            return (
                "The site itself asks for a password, before grantd is reached.",
                "On the server, include grantd.server.conf in this server {}: it switches auth_basic and auth_request off."
            )
        case 403:
            return (
                "The site refuses this address or request.",
                "On the server, look at allow, deny and if in this server {}."
            )
        case 404:
            return (
                "Nothing is mounted at this path.",
                "Give the URL of the mount, such as https://example.com/oauth2. On the server, this server {} has to "
                    + "include grantd.server.conf."
            )
        case 405:
            return (
                "What answers there takes no POST: it is not grantd.",
                "Give the URL of the mount, such as https://example.com/oauth2."
            )
        case 429:
            return (
                "nginx limits how many requests come from this address or with these credentials.",
                "Wait \(retryAfter ?? 1) seconds. A client should keep its token until shortly before it expires."
            )
        case 502, 504:
            return (
                "nginx is there, but no worker of grantd answers.",
                "On the server: systemctl start grantd; its log says why it does not serve: journalctl -u grantd"
            )
        case 503: return ("The site is closed for now, or overloaded.", "Try again in \(retryAfter ?? 30) seconds.")
        case 200..<300:
            return (
                "A page or another application answers there: the URL is not that of a token endpoint, or the site takes "
                    + "grantd's path for a page of its own.",
                "Give the URL of the mount, such as https://example.com/oauth2. On the server, include "
                    + "grantd.server.conf above the site's rewrites."
            )
        default: return ("The server failed, or is not grantd.", "Look at the error log of the server.")
        }
    }

    /// A text of the server's: short, printable, and without the secret or the assertion, should the server repeat it.
    private static func quote(_ text: String, without asker: TokenQuestion) -> String {
        if let assertion = asker.assertion {
            return String(text.replacing(assertion, with: "<assertion>").prefix(longestQuote)).printable
        }
        guard case .secret(let secret) = asker.credentials else { return "" }
        return quote(text, without: secret.exposedValue, asker)
    }

    private static func quote(_ text: String, without secret: String, _ asker: TokenQuestion) -> String {
        let basic = HTTPRequest.basic(asker.client.value, secret).value.dropFirst("Basic ".count)
        var plain = text
        // As it is, as a form has it, and as Basic has it with the id.
        for spelling in [secret, FormText.encoded(secret), String(basic)] where secret.utf8.count >= 4 {
            plain = plain.replacing(spelling, with: "<secret>")
        }
        return String(plain.prefix(longestQuote)).printable
    }
}

extension TokenFault {
    /// Explains why there is no answer.
    init(_ failure: HTTPFailure, at url: TokenURL) {
        let (meaning, remedy): (String, String) =
            switch failure {
            case .notInstalled, .notRun: ("grantctl asks by the program curl.", "apt-get install curl")
            case .unsendable: ("The secret has a character that a request cannot hold.", "Try --as form.")
            case .notResolved:
                (
                    "The name has no address: it is misspelt, or this machine cannot reach a name server.",
                    "Check the name: getent hosts NAME"
                )
            case .notConnected:
                (
                    "No program listens on this port, or a firewall refuses the connection.",
                    "Check host and port. On the server: systemctl status nginx"
                )
            case .timedOut:
                (
                    "The host is down, a firewall drops the packets, or nothing answers.",
                    "Check host and port."
                )
            case .untrusted:
                (
                    "The certificate is not for this name, has expired, or is of an authority that this machine does not know.",
                    "Use the name that is in the certificate. For an authority of your own, give its certificate: --ca FILE"
                )
            case .unusableAuthority:
                ("It has to be a file of certificates in PEM.", "Check the file of --ca.")
            case .handshakeFailed:
                (
                    "What listens there may not speak TLS, or only old versions of it.",
                    "Check the port, and whether the URL starts with http or https."
                )
            case .cutShort:
                ("What listens there closed the connection.", "Check the port, and read the error log of the server.")
            case .tooLong, .notHTTP: ("What listens there is not a token endpoint.", "Check host and port.")
            case .other, .stopped: ("", "Check the URL.")
            }
        self.init(said: "\(url.text): \(failure)", meaning: meaning, remedy: remedy)
    }
}

extension TokenQuestion {
    /// The assertion; nil if the client authenticates by a secret.
    fileprivate var assertion: String? {
        if case .assertion(let text) = credentials { text } else { nil }
    }
}

extension JSONDocument {
    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
