import Doctor
import Settings

/// The site that is asked, and what is known of it.
struct LiveSite {
    /// Where it mounts grantd.
    let base: MountURL
    let sender: any HTTPSender
    /// The settings of this machine; nil if they are not known to be the site's.
    var settings: Settings?

    /// The URL of an endpoint, such as `/token`.
    func url(_ endpoint: String) -> String { "\(base)\(endpoint)" }

    /// Sends a request.
    func ask(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse { try sender.send(request) }

    /// What a request that got a wrong answer was: `POST https://example.com/oauth2/token`.
    static func name(of request: HTTPRequest) -> String { "\(request.method) \(request.url)" }
}
