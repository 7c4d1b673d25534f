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

    @Test(arguments: [
        // So many hundredths of the delay after the request its examination began, and so many later it was over.
        (0, 0, 1), (0, 30, 1), (0, 99, 1), (0, 100, 2), (0, 250, 3), (49, 0, 1), (49, 49, 1), (49, 52, 2), (50, 0, 2),
        (50, 99, 2), (149, 0, 2), (150, 0, 3), (250, 50, 4),
    ])
    func `a failed authentication is answered at a multiple of the delay, by when it began to be examined`(
        waited: Int,
        taken: Int,
        multiple: Int
    ) {
        let delay = Duration.seconds(10)
        let received = ContinuousClock.now - delay / 100 * (waited + taken)
        let request = GatewayRequest(parameters: [:], body: .whole([]), receivedAt: received)
        let examined = received + delay / 100 * waited
        #expect(request.answerTime(every: delay, examined: examined) == received + delay * multiple)
        #expect(request.answerTime(every: .zero, examined: examined) == received)
    }
}
