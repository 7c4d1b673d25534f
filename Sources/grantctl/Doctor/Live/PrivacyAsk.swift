import Doctor
import Linux

/// Whether what is for this machine alone stays so.
struct PrivacyAsk {
    let site: LiveSite

    /// What says that a request comes from this machine, and is not to be believed.
    private static let forged = [
        ("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1"), ("GRANTD-MONITORING", "1"),
    ]

    /// What there is to say.
    func findings() throws(HTTPFailure) -> [Finding] {
        var findings: [Finding] = []
        let check = try site.ask(HTTPRequest("GET", "\(site.base)-check/"))
        if check.status == 204 || check.headers["x-oauth-client-id"] != nil {
            findings.append(
                Finding(
                    .failure,
                    "check-reachable",
                    "GET \(site.base)-check/ is answered \(check.status): callers can ask the internal check.",
                    remedy: "Use the shipped snippets/grantd.server.conf, in which the check's location is internal."
                )
            )
        }
        for endpoint in ["/metrics", "/status"] where try isOpen(endpoint) {
            findings.append(
                Finding(
                    .failure,
                    "monitoring-open",
                    "GET \(site.url(endpoint)) is answered 200 if a header says that the request comes from this machine.",
                    remedy:
                        "Name your own proxies and no others in set_real_ip_from. Use the shipped snippets."
                )
            )
        }
        if !findings.isEmpty { return findings }
        return [Finding(.ok, "privacy", "Neither the check nor the monitoring can be reached with forged headers.")]
    }

    private func isOpen(_ endpoint: String) throws(HTTPFailure) -> Bool {
        let forged = try site.ask(HTTPRequest("GET", site.url(endpoint), Self.forged))
        guard forged.status == 200 else { return false }
        let plain = try site.ask(HTTPRequest("GET", site.url(endpoint)))
        // A caller whose address may look has no need to forge.
        return plain.status != 200 || IPAddress(plain.address)?.isLoopback ?? false
    }
}
