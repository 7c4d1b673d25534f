import GrantCore

/// Sends requests for another sender, and keeps the tokens that are issued, so that they can be revoked.
final class TokenRecorder: HTTPSender {
    private let sender: any HTTPSender
    /// The tokens that were issued, in order.
    private(set) var tokens: [String] = []

    init(_ sender: any HTTPSender) {
        self.sender = sender
    }

    func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
        let answer = try sender.send(request)
        if answer.status == 200, let token = answer.json.string("access_token"), !tokens.contains(token) {
            tokens.append(token)
        }
        return answer
    }

    /// Revokes all of them (RFC 7009 §2), as the client to which they were issued, and says how many are left. The client
    /// authenticates by its Authorization header or, if that is refused, in the body.
    ///
    /// - Parameter sender: what sends these requests, which are sent although this process was asked to stop.
    func revokeAll(at url: String, as credentials: LiveCredentials, by sender: any HTTPSender) -> Int {
        for (index, token) in tokens.enumerated() {
            let inBody = [
                ("token", token), ("client_id", credentials.id.value),
                ("client_secret", credentials.secret.exposedValue),
            ]
            let ways = [HTTPRequest.form(url, [("token", token)], [credentials.basic]), .form(url, inBody)]
            // A site that does not answer is not asked for each token.
            guard ways.contains(where: { (try? sender.send($0))?.status == 200 }) else { return tokens.count - index }
        }
        return 0
    }
}
