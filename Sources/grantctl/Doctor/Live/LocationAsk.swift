import Doctor

/// Asks for a protected path with tokens and without.
struct LocationAsk {
    let site: LiveSite
    let place: ProtectedPlace
    /// A token of every scope; nil if there is none.
    let token: String?
    /// A token that has none of the place's scopes; nil if there is none.
    let lesser: String?

    /// What an application could take for the client's id.
    private static let forged = ["X-OAuth-Client-Id", "X_OAuth_Client_Id", "X-OAuth-Client_Id", "X-OAuth_Client-Id"].map
    {
        ($0, "doctor")
    }

    private var url: String { "\(site.base.origin)\(place.path)" }

    private func ask(_ token: String?, _ headers: [HTTPRequest.Header] = []) throws(HTTPFailure) -> HTTPResponse {
        let bearer = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try site.ask(HTTPRequest("GET", url, bearer + headers))
    }

    private func finding(
        _ severity: Finding.Severity,
        _ name: String,
        _ statement: String,
        _ remedy: String
    ) -> Finding {
        Finding(severity, name, at: place.place, "GET \(url) \(statement).", remedy: remedy)
    }

    /// What there is to say.
    func findings() throws(HTTPFailure) -> [Finding] {
        let without = try ask(nil)
        if let finding = opening(without, "without a token") { return [finding] }
        var findings = challengeFindings(without)
        let forged = try ask(nil, Self.forged)
        if forged.status != 401 {
            findings.append(
                finding(
                    .failure,
                    "forged-header-passes",
                    "is answered \(forged.status) without a token if X-OAuth-Client-Id is sent",
                    "The site believes a header of the caller: remove the rule that reads it."
                )
            )
        }
        if let passed = opening(try ask("not-a-token"), "with a wrong token") { findings.append(passed) }
        guard findings.isEmpty, let token else { return findings }
        findings += try tokenFindings(token)
        if findings.isEmpty {
            findings = [Finding(.ok, "location", at: place.place, "\(url) accepts the right token and nothing else.")]
        }
        return findings
    }

    /// Whether a token that was revoked still passes.
    func findings(afterRevoking token: String) throws(HTTPFailure) -> [Finding] {
        let answer = try ask(token)
        if answer.status == 401 { return [] }
        return [
            finding(
                .failure,
                "revoked-token-passes",
                "is answered \(answer.status) with a token that was revoked",
                "Answers to checks or of the application are cached: fastcgi_cache in the check's location, or proxy_cache "
                    + "without snippets/grantd.identity.conf."
            )
        ]
    }

    /// Says that a request without a good token was let in, or was not refused by the check.
    private func opening(_ answer: HTTPResponse, _ how: String) -> Finding? {
        switch answer.status {
        case 401: return nil
        case 500, 502, 503, 504:
            return finding(
                .failure,
                "check-fails",
                "is answered \(answer.status) \(how): the check fails",
                "nginx's error log says why: this server {} does not include snippets/grantd.server.conf, or no worker answers."
            )
        case _ where answer.isRedirect:
            return finding(
                .failure,
                "location-redirects",
                "is redirected to \(answer.target) \(how), before the check",
                "Take out `return` and `rewrite`, and `error_page 401`, from this location, or write `location ^~`."
            )
        case 403:
            return finding(
                .warning,
                "location-forbidden",
                "is answered 403 \(how), by a rule of the site",
                "If a rule by address keeps this machine out, run the doctor where clients are."
            )
        case 200..<400:
            return finding(
                .failure,
                "location-open",
                "is answered \(answer.status) \(how)",
                "Another location takes this path, or answers before the check: write `location ^~`, take `return`, `rewrite … last` "
                    + "and `error_page 401 =200` out, and put the include of grantd.client.conf first."
            )
        default:
            return finding(
                .failure,
                "location-not-checked",
                "is answered \(answer.status) \(how), and not 401",
                "The path is answered before the check, or another location takes it: write `location ^~`."
            )
        }
    }

    private func challengeFindings(_ answer: HTTPResponse) -> [Finding] {
        let challenge = answer.headers["www-authenticate"] ?? ""
        if challenge.contains("Bearer") { return [] }
        if challenge.hasPrefix("Basic") {
            return [
                finding(
                    .failure,
                    "location-asks-password",
                    "is answered 401 and asks for a password, not for a token",
                    "Include snippets/grantd.client.conf in the location: it switches auth_basic off."
                )
            ]
        }
        return [
            finding(
                .warning,
                "challenge-missing",
                "is answered 401 without the challenge WWW-Authenticate: Bearer",
                "Include snippets/grantd.client.conf right below auth_request, above every error_page of the location."
            )
        ]
    }

    private func tokenFindings(_ token: String) throws(HTTPFailure) -> [Finding] {
        let with = try ask(token)
        if with.status == 401 || with.status == 403 {
            let problem = with.headers["www-authenticate"].map { ", with the challenge \($0.prefix(200))" } ?? ""
            return [
                finding(
                    .failure,
                    "right-token-refused",
                    "is answered \(with.status) with a right token\(problem)",
                    with.headers["www-authenticate"]?.contains("insufficient_scope") ?? false
                        ? "The client lacks a scope: name the scopes after the path in --protected, or give them to the client."
                        : "If the application refuses, it asks for more than the token. Else see whether Authorization gets lost, "
                            + "and whether the site knows that the request came over TLS."
                )
            ]
        }
        var findings: [Finding] = []
        if with.status >= 500 {
            findings.append(
                finding(
                    .warning,
                    "application-fails",
                    "is answered \(with.status) with a right token: what is behind it fails",
                    "The check passed. Look at the application, and at nginx's error log."
                )
            )
        }
        if let lesser, place.scopes.map({ !$0.isEmpty }) ?? false {
            let answer = try ask(lesser)
            if answer.status != 403 {
                findings.append(
                    finding(
                        .failure,
                        "scope-not-checked",
                        "is answered \(answer.status) with a token that lacks its scopes, and not 403",
                        "Write the scopes into auth_request: \"oauth2-check/SCOPE SCOPE\"."
                    )
                )
            }
        }
        let again = try ask(nil)
        if again.status != 401 {
            findings.append(
                finding(
                    .failure,
                    "location-cached",
                    "is answered \(again.status) without a token, after a client with one had asked",
                    "The client's answer is cached: include snippets/grantd.identity.conf in the location."
                )
            )
        }
        return findings
    }
}
