import Doctor
import GrantCore
import Linux

/// Asks whether credentials are accepted without TLS although the site has TLS. The credentials that it sends are invented.
struct ClearAsk {
    let site: LiveSite

    /// What there is to say; nothing if the port without TLS cannot be told from the URL.
    func findings() throws(HTTPFailure) -> [Finding] {
        guard site.base.isSecure, site.base.host == site.base.authority,
            let base = MountURL("http://\(site.base.authority)\(site.base.path)")
        else { return [] }
        let invented = [
            ("grant_type", "client_credentials"), ("client_id", DoctorClient.newID().value),
            ("client_secret", "invented"),
        ]
        let request = HTTPRequest.form("\(base)/token", invented)
        let answer: HTTPResponse
        do throws(HTTPFailure) {
            answer = try site.ask(request)
        } catch {
            if error == .stopped { throw error }
            return [Finding(.ok, "clear-refused", "\(base.origin) accepts no credentials.")]
        }
        // A connection from a private address may come in clear, as the settings say.
        guard answer.json.string("error") == "invalid_client", !Self.isPrivate(answer.address) else {
            return [Finding(.ok, "clear-refused", "\(base.origin) accepts no credentials.")]
        }
        return [
            Finding(
                .failure,
                "clear-accepted",
                "\(LiveSite.name(of: request)) checks credentials although they came without TLS.",
                remedy:
                    "Set GRANTD_REQUIRE_TLS=external or all, and see that HTTPS is `$grantd_https` in grantd.server.conf."
            )
        ]
    }

    private static func isPrivate(_ address: String) -> Bool {
        IPAddress(address).map { $0.isLoopback || $0.isPrivate } ?? false
    }
}
