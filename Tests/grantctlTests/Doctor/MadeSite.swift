@testable import grantctl

/// A site that answers as a test says: by what is asked, and by how often it was.
final class MadeSite: WebAsker {
    typealias Answering = (WebRequest) throws(WebFailure) -> WebAnswer
    private let answering: Answering
    private(set) var requests: [WebRequest] = []

    init(_ answering: @escaping Answering) {
        self.answering = answering
    }

    func answer(to request: WebRequest) throws(WebFailure) -> WebAnswer {
        requests.append(request)
        return try answering(request)
    }

    static let base = "https://example.com:8443/oauth2"
}
