import Doctor
import Settings

/// The site that is asked, and what is known of it.
struct LiveSite {
    /// Where it mounts grantd.
    let base: MountURL
    let asker: any WebAsker
    /// The settings of this machine; nil if they are not known to be the site's.
    var settings: Settings?

    /// The URL of an endpoint, such as `/token`.
    func url(_ endpoint: String) -> String { "\(base)\(endpoint)" }

    /// Sends a request.
    func ask(_ request: WebRequest) throws(WebFailure) -> WebAnswer { try asker.answer(to: request) }

    /// What a request that got a wrong answer was: `POST https://example.com/oauth2/token`.
    static func name(of request: WebRequest) -> String { "\(request.method) \(request.url)" }
}
