import GrantCore
import Remedies

/// What to do once there is a client: how it gets a token, and how a location asks for it.
struct NextSteps {
    let client: Client
    /// The public URL of the mount; nil if the settings do not say.
    let issuer: String?

    private static let placeholder = "https://SITE/oauth2"

    /// The text, without a newline at its end. It does not hold the secret.
    var text: String {
        var parts = ["Get a token; curl asks for the secret:\n\n    \(request)"]
        if client.authenticationMethod == .body || needsBody {
            parts = ["Get a token; bash asks for the secret:\n\n    \(request)"]
        }
        if issuer == nil {
            parts.append(
                "Replace SITE, or set GRANTD_ISSUER in /etc/grantd/grantd.conf to the URL at which /oauth2 is reached."
            )
        }
        parts.append(
            """
            Protect a location of nginx\(client.scope.isEmpty ? "" : " with its scope"):

                location ^~ /PATH/ {
                    auth_request "\(checkPath)/\(client.scope)";
                    include snippets/grantd.client.conf;
                    include snippets/grantd.identity.conf;
                    # proxy_pass, fastcgi_pass or root, as the site has it
                }
            """
        )
        return parts.joined(separator: "\n\n")
    }

    /// The command for a token.
    private var request: String {
        let url = ShellWord.quoted("\(issuer ?? Self.placeholder)/token")
        let grant = "-d grant_type=\(GrantType.clientCredentials)"
        guard client.authenticationMethod == .body || needsBody else {
            return "curl -u \(ShellWord.quoted(user)) \(grant) \(url)"
        }
        let id = ShellWord.quoted("client_id=\(client.id)")
        return "(read -rsp 'Secret: ' S; printf %s \"$S\") | "
            + "curl \(grant) --data-urlencode \(id) --data-urlencode client_secret@- \(url)"
    }

    /// Whether curl would take a part of the id for the secret.
    private var needsBody: Bool { client.authenticationMethod == nil && client.id.value.utf8.contains(colon) }

    /// The id as the user name of `-u`, with a colon as RFC 6749 §2.3.1 encodes it.
    private var user: String {
        client.id.value.utf8.contains(colon) ? FormText.encoded(client.id.value) : client.id.value
    }

    /// The start of a check's path: the mount's path without its slash, and `-check`.
    private var checkPath: String {
        let parts = issuer?.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3) ?? []
        return (parts.isEmpty ? "oauth2" : parts.joined(separator: "/")) + "-check"
    }
}

private let colon = UInt8(ascii: ":")
