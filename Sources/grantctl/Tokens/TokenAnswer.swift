import Encoding

/// What a token endpoint answered: a token, or a fault.
enum TokenAnswer {
    /// The token, and the whole JSON text that it came in.
    case token(String, whole: String)
    case fault(TokenFault)

    /// Reads an answer.
    ///
    /// - Parameter asker: who asked, and for what, so that the remedy can name it.
    init(_ response: HTTPResponse, to asker: TokenQuestion, at url: TokenURL) {
        var members: [String: JSONDocument] = [:]
        if let document = try? JSONDocument(response.body), case .object(let object) = document { members = object }
        if response.status == 200, case .string(let token) = members["access_token"], !token.isEmpty {
            self = .token(token, whole: response.text.trimmingLineEnds)
            return
        }
        self = .fault(TokenFault(response, members, asker, url))
    }
}

extension String {
    fileprivate var trimmingLineEnds: String {
        String(reversed().drop(while: \.isNewline).reversed())
    }
}
