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
        var parts = ["Get a token; \(usesBody ? "bash" : "curl") asks for the secret:\n\n    \(request)"]
        if client.authenticationMethod == .privateKeyJWT {
            parts = [
                """
                Get a token by private_key_jwt: the client signs an assertion with iss and sub "\(client.id)", with aud
                "\(issuer ?? Self.placeholder)", which is the issuer, and with a jti of its own each time. To try it
                where the private key is:

                    \(assertionRequest)
                """
            ]
        }
        if issuer == nil, client.authenticationMethod == .privateKeyJWT {
            parts.append(
                "No assertion is taken before GRANTD_ISSUER in /etc/grantd/grantd.conf is the URL at which /oauth2 is reached."
            )
        } else if issuer == nil {
            parts.append(
                "Replace SITE, or set GRANTD_ISSUER in /etc/grantd/grantd.conf to the URL at which /oauth2 is reached."
            )
        }
        parts.append(
            """
            Protect a location of nginx\(client.scope.isEmpty ? "" : " with its scope"):

                location ^~ /PATH/ {\(audienceLine)
                    auth_request "\(checkPath)/\(client.scope)";
                    include snippets/grantd.client.conf;
                    include snippets/grantd.identity.conf;
                    # proxy_pass, fastcgi_pass or root, as the site has it
                }
            """
        )
        return parts.joined(separator: "\n\n")
    }

    /// A location takes no token with an audience that it does not name.
    private var audienceLine: String {
        guard let name = client.defaultAudience.names.first ?? client.audiences.names.first else { return "" }
        return "\n        set $oauth_audience \"\(name)\";"
    }

    /// The command that signs an assertion and gets a token by it.
    private var assertionRequest: String {
        let url = ShellWord.quoted(issuer ?? Self.placeholder)
        return "grantctl token request \(url) --client \(ShellWord.argument(client.id.value)) --key PRIVATE-KEY.pem"
    }

    private var usesBody: Bool { client.authenticationMethod == .body || needsBody }

    /// The command for a token.
    private var request: String {
        let url = ShellWord.quoted("\(issuer ?? Self.placeholder)/token")
        let grant = "-d grant_type=\(GrantType.clientCredentials)"
        guard usesBody else {
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
