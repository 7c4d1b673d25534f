@testable import grantctl

/// A site that answers as a test says: by what is asked, and by how often it was.
final class MadeSite: HTTPSender {
    typealias Answering = (HTTPRequest) throws(HTTPFailure) -> HTTPResponse
    private let answering: Answering
    private(set) var requests: [HTTPRequest] = []

    init(_ answering: @escaping Answering) {
        self.answering = answering
    }

    func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
        requests.append(request)
        return try answering(request)
    }

    static let base = "https://example.com:8443/oauth2"
}
