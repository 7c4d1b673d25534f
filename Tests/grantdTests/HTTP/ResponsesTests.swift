import Gateway
import GrantCore
import Testing

@testable import grantd

struct ResponsesTests {
    @Test(
        arguments: [
            (OAuthError.invalidRequest("scope is repeated"), nil, nil),
            (
                .invalidClient(ClientRefusal(.wrongSecret, claimed: nil)), "WWW-Authenticate",
                #"Basic realm="r", charset="UTF-8""#
            ),
            (.methodNotAllowed(allow: "GET, HEAD"), "Allow", "GET, HEAD"),
            (.unavailable(.full("ENOSPC")), "Retry-After", "5"),
        ] as [(OAuthError, String?, String?)]
    )
    func `a refusal has the headers that go with it`(error: OAuthError, name: String?, value: String?) {
        let answer = GatewayResponse(refusing: error, realm: "r")
        #expect(answer.status == error.status)
        #expect(answer.text == error.json)
        let common = ["Content-Type", "Cache-Control", "Pragma"]
        #expect(answer.headers.map(\.name) == common + (name.map { [$0] } ?? []))
        if let name { #expect(answer.header(name) == value) }
    }

    @Test(arguments: [
        (StorageError.syncFailed("EIO"), true), (.full("ENOSPC"), false), (.unavailable("EIO"), false),
        (.unknownFormat("9"), false),
    ])
    func `only a failed sync ends the worker`(error: StorageError, ends: Bool) {
        #expect(GatewayResponse(refusing: .unavailable(error), realm: "r").endsWorker == ends)
    }

    @Test(arguments: [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
    func `the time of a failed authentication is the next multiple of the delay`(elapsed: Int, multiple: Int) {
        let delay = Duration.seconds(1)
        let received = ContinuousClock.now - delay / 100 * elapsed
        let request = GatewayRequest(parameters: [:], body: .whole([]), receivedAt: received)
        #expect(request.answerTime(every: delay) == received + delay * multiple)
        #expect(request.answerTime(every: .zero) == received)
    }
}
