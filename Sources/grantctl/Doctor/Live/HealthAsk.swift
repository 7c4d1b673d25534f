import Doctor

/// Whether the mount is there, and grantd can grant tokens.
struct HealthAsk {
    let site: LiveSite

    /// What there is to say; nothing else can be asked if there is a failure.
    func findings() throws(HTTPFailure) -> [Finding] {
        let request = HTTPRequest("GET", site.url("/health"))
        let answer = try site.ask(request)
        guard answer.status == 200, answer.json.string("status") == "ok" else {
            return [AnswerDiagnosis.finding(answer, to: request)]
        }
        // An age of 0 is given to answers that were not cached as well.
        let age = answer.headers["age"].flatMap { Int($0) } ?? 0
        if age > 0 || answer.headers["x-cache"]?.uppercased().contains("HIT") ?? false {
            return [
                Finding(
                    .failure,
                    "answers-cached",
                    "\(site.url("/health")) is answered from a cache.",
                    remedy: "Switch the cache in front of the site off for \(site.base.path)/."
                )
            ]
        }
        return [Finding(.ok, "health", "\(site.base) answers, and tokens can be issued.")] + clearFindings
    }

    private var clearFindings: [Finding] {
        if site.base.isSecure || site.base.isLoopback { return [] }
        return [
            Finding(
                .failure,
                "http-only",
                "\(site.base) is not encrypted: secrets and tokens can be read on their way.",
                remedy:
                    "Give the site a certificate and clients the https URL; GRANTD_REQUIRE_TLS=all refuses the rest."
            )
        ]
    }
}
