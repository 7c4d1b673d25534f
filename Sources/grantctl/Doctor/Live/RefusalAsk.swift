import Doctor
import GrantCore
import Settings

/// Whether refusals reach the caller as grantd gives them.
struct RefusalAsk {
    let site: LiveSite
    /// An id whose failure harms no one.
    let id: ClientID

    /// What there is to say.
    func findings() throws(HTTPFailure) -> [Finding] {
        let findings = try secretFindings() + sizeFindings() + originFindings()
        if !findings.isEmpty { return findings }
        return [Finding(.ok, "refusals", "Refusals reach the caller unchanged.")]
    }

    private func secretFindings() throws(HTTPFailure) -> [Finding] {
        let members = [
            ("grant_type", GrantType.clientCredentials), ("client_id", id.value), ("client_secret", "a wrong secret"),
        ]
        let request = HTTPRequest.form(site.url("/token"), members)
        let answer = try site.ask(request)
        guard answer.status == 401, answer.json.string("error") == "invalid_client" else {
            let what = answer.isRedirect ? "redirected to \(answer.target)" : "answered \(answer.status)"
            return [
                Finding(
                    .failure,
                    "refusal-altered",
                    "A wrong secret is \(what), and not 401 with the error invalid_client.",
                    remedy:
                        "Something on the way replaces grantd's errors: error_page with fastcgi_intercept_errors, or a proxy "
                        + "in front of the site."
                )
            ]
        }
        if let delay = site.settings?.failureDelay, answer.duration < .milliseconds(delay * 4 / 5) {
            return [
                Finding(
                    .warning,
                    "refusal-without-delay",
                    "A wrong secret is refused before GRANTD_FAILURE_DELAY, \(delay) ms, is over.",
                    remedy: "The workers have other settings than this command: run `systemctl reload grantd`."
                )
            ]
        }
        return []
    }

    private func sizeFindings() throws(HTTPFailure) -> [Finding] {
        let size = max(site.settings?.bodyLimit ?? 0, 16384) + 1024
        let padding = String(repeating: "x", count: size)
        let answer = try site.ask(.form(site.url("/token"), [("padding", padding)]))
        if answer.status == 413 && !answer.json.isObject {
            return [
                Finding(
                    .warning,
                    "errors-not-json",
                    "A body that is too long is answered 413 with something that is not JSON.",
                    remedy:
                        "The error_page lines of snippets/grantd.server.conf do not apply: see whether the mount is changed."
                )
            ]
        }
        guard answer.status != 413 else { return [] }
        return [
            Finding(
                .warning,
                "body-limit-missing",
                "A body of \(size) bytes is answered \(answer.status), and not 413.",
                remedy: "Set client_max_body_size as snippets/grantd.server.conf does."
            )
        ]
    }

    private func originFindings() throws(HTTPFailure) -> [Finding] {
        let origin = "https://doctor.invalid"
        let headers = [
            ("Origin", origin), ("Access-Control-Request-Method", "POST"),
        ]
        let answer = try site.ask(HTTPRequest("OPTIONS", site.url("/token"), headers))
        guard let allowed = answer.headers["access-control-allow-origin"], ["*", origin].contains(allowed) else {
            return []
        }
        return [
            Finding(
                .warning,
                "origin-open",
                "Scripts of any page may ask for tokens: Access-Control-Allow-Origin is \(allowed) for \(origin).",
                remedy: "List the pages' origins in the map of $grantd_origin, and take the site's own add_header away."
            )
        ]
    }
}
