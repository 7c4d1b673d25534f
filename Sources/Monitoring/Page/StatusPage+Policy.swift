import Crypto
import Encoding
import GrantCore

extension StatusPage {
    /// The value of the page's Content-Security-Policy header: nothing runs and nothing is loaded but the page's own
    /// style and script, which the browser knows by their digests, and the page itself.
    package static let contentSecurityPolicy = """
        default-src 'none'; style-src '\(source(style))'; script-src '\(source(script))'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// A text's digest as a policy names it (CSP 3, `hash-source`).
    private static func source(_ text: String) -> String {
        "sha256-\(Base64.standard.encode(Array(SHA256.hash(of: text))))"
    }
}
