import Doctor

/// Whether the metadata say what clients compare (RFC 8414 §3).
struct MetadataAsk {
    let site: LiveSite

    /// What there is to say.
    func findings() throws(HTTPFailure) -> [Finding] {
        let request = HTTPRequest("GET", site.url("/metadata"))
        let answer = try site.ask(request)
        if answer.status == 404, answer.json.isObject {
            return [Finding(.ok, "metadata-absent", "There is no metadata: GRANTD_ISSUER is not set.")]
        }
        guard answer.status == 200, let issuer = answer.json.string("issuer") else {
            return [AnswerDiagnosis.finding(answer, to: request)]
        }
        guard issuer == site.base.description else {
            return [
                Finding(
                    .failure,
                    "issuer-differs",
                    "The issuer is \(issuer), but the URL is \(site.base): clients that compare them refuse the site.",
                    remedy:
                        "Set GRANTD_ISSUER=\(site.base) and run `systemctl reload grantd`, or give clients the issuer's URL."
                )
            ]
        }
        let outside = answer.json.strings.filter { $0.key.hasSuffix("_endpoint") && !$0.value.hasPrefix("\(issuer)/") }
        if let endpoint = outside.min(by: { $0.key < $1.key }) {
            return [
                Finding(
                    .failure,
                    "endpoint-outside",
                    "The metadata's \(endpoint.key) is \(endpoint.value), which is not under \(issuer).",
                    remedy: "Something on the way changes the answer: sub_filter, or a proxy in front of the site."
                )
            ]
        }
        return try wellKnownFindings(issuer)
    }

    private func wellKnownFindings(_ issuer: String) throws(HTTPFailure) -> [Finding] {
        let url = "\(site.base.origin)/.well-known/oauth-authorization-server\(site.base.path)"
        let answer = try site.ask(HTTPRequest("GET", url))
        guard answer.status == 200, answer.json.string("issuer") == issuer else {
            return [
                Finding(
                    .warning,
                    "well-known-missing",
                    "GET \(url), where libraries look for the metadata, is answered \(answer.status), without the metadata.",
                    remedy:
                        "snippets/grantd.server.conf has a location for it: see whether the site's own takes its path, and "
                        + "whether its path ends with that of the mount."
                )
            ]
        }
        return [Finding(.ok, "metadata", "The metadata name the issuer \(issuer).")]
    }
}
