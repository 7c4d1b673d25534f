import Doctor
import Encoding
import GrantCore

/// Asks for a token in each of the three ways.
struct TokenAsk {
    let site: LiveSite
    let credentials: LiveCredentials

    /// A way to authenticate.
    private struct Way {
        let name: String
        let request: HTTPRequest
    }

    /// What came of all ways.
    struct Outcome {
        var findings: [Finding] = []
        /// A token of every scope that the client has; nil if none was issued.
        var token: String?
    }

    /// Asks.
    func outcome() throws(HTTPFailure) -> Outcome {
        var outcome = Outcome()
        var tokens: [String] = []
        var refused: [(way: Way, answer: HTTPResponse)] = []
        for way in ways {
            let answer = try site.ask(way.request)
            if answer.status == 200, let token = answer.json.string("access_token") {
                tokens.append(token)
                outcome.findings += headerFindings(answer, way.request)
            } else {
                refused.append((way, answer))
            }
        }
        outcome.token = tokens.last
        if Set(tokens).count < tokens.count {
            outcome.findings.append(
                Finding(
                    .failure,
                    "answers-cached",
                    "Two requests for a token got the same one: answers come from a cache.",
                    remedy:
                        "Switch caches in front of the site off for \(site.base.path)/; grantd.server.conf does so for nginx's."
                )
            )
        }
        outcome.findings += refusalFindings(refused, isAnyIssued: !tokens.isEmpty)
        if outcome.findings.isEmpty {
            outcome.findings = [Finding(.ok, "token", "A token was issued in each of \(tokens.count) ways.")]
        }
        return outcome
    }

    /// A request for a token of fewer scopes.
    func token(ofScope scope: Scope) throws(HTTPFailure) -> String? {
        try site.ask(request(.form, ofScope: scope)).json.string("access_token")
    }

    private var ways: [Way] {
        [
            Way(name: "Basic", request: request(.basic)), Way(name: "JSON", request: request(.json)),
            Way(name: "a form", request: request(.form)),
        ]
    }

    private func request(_ way: TokenQuestion.Way, ofScope scope: Scope = .none) -> HTTPRequest {
        TokenQuestion(client: credentials.id, credentials: .secret(credentials.secret), scope: scope, way: way)
            .request(to: site.url("/token"))
    }

    private func headerFindings(_ answer: HTTPResponse, _ request: HTTPRequest) -> [Finding] {
        if answer.headers["cache-control"]?.contains("no-store") ?? false { return [] }
        return [
            Finding(
                .failure,
                "no-store-missing",
                "The answer to \(LiveSite.name(of: request)) lacks Cache-Control: no-store, so that caches may keep the token.",
                remedy:
                    "Something on the way takes the header away: expires, proxy_hide_header, or a proxy in front of the site."
            )
        ]
    }

    private func refusalFindings(_ refused: [(way: Way, answer: HTTPResponse)], isAnyIssued: Bool) -> [Finding] {
        guard let first = refused.first else { return [] }
        guard first.answer.status == 401, first.answer.json.string("error") == "invalid_client" else {
            return [AnswerDiagnosis.finding(first.answer, to: first.way.request)]
        }
        let id = credentials.id.value.printable
        if isAnyIssued, !credentials.isOwn {
            let names = refused.map(\.way.name).joined(separator: ", ")
            return [Finding(.ok, "token-one-way", "The client \(id) may not authenticate by \(names).")]
        }
        if isAnyIssued {
            let names = refused.map(\.way.name).joined(separator: ", ")
            return [
                Finding(
                    .failure,
                    "credentials-lost",
                    "A client that authenticates by \(names) is refused, but is accepted in another way: the credentials get lost.",
                    remedy:
                        "Use the shipped snippets/grantd.server.conf; see whether a proxy in front of the site takes "
                        + "Authorization away or changes bodies."
                )
            ]
        }
        if !credentials.isOwn {
            return [
                Finding(
                    .failure,
                    "client-refused",
                    "The site refuses the client \(id): the id or the secret is wrong, or it is disabled.",
                    remedy: "`grantctl client show` and `grantctl client rotate` on the site's machine."
                )
            ]
        }
        return [
            Finding(
                .failure,
                "state-differs",
                "The site does not know the client that the doctor has just made: its workers use another state.",
                remedy: "Compare GRANTD_STATE and GRANTD_STORE of the workers with those of this command (--state)."
            )
        ]
    }
}
