import Gateway
import Synchronization
import Testing

@testable import GrantCore
@testable import grantd

/// Who receives an event, and what becomes of it if it cannot be recorded.
struct JournalTests {
    private let first = Listener()
    private let second = Listener()
    private let request = GatewayRequest(parameters: ["PATH_INFO": "/token"], body: .whole([]), receivedAt: .now)

    private var journal: Journal { Journal([first, second]) }

    private static func issued() throws -> JournalEvent {
        let grant = Grant(clientID: try #require(ClientID("a")), scope: .none)
        return .issued(TokenResponse(token: try #require(AccessToken("token")), lifetime: 60, grant: grant))
    }

    private static func revoked() throws -> JournalEvent {
        .revoked(Revocation(client: try #require(ClientID("a")), token: nil, outcome: .absent))
    }

    @Test func `every listener receives every event, in order`() throws {
        let events = [
            try Self.issued(), .introspected(IntrospectionResponse(record: nil, issuer: nil)), try Self.revoked(),
        ]
        for event in events + [.refused(.notFound), .denied(.noCredentials)] {
            #expect(journal.note(event, of: request) == nil)
        }
        #expect(first.count == 5 && second.count == 5)
    }

    @Test func `a token that cannot be recorded is withheld, and later listeners do not hear of it`() throws {
        first.failure = .unaudited("full")
        #expect(journal.note(try Self.issued(), of: request) == .unaudited("full"))
        #expect(second.count == 0)
    }

    @Test func `what takes access away is told to all, though it cannot be recorded`() throws {
        first.failure = .unaudited("full")
        for event in [try Self.revoked(), .refused(.notFound), .denied(.noCredentials)] {
            #expect(journal.note(event, of: request) == .unaudited("full"))
        }
        #expect(second.count == 3)
    }

    @Test func `the failure of a later listener is told, too`() throws {
        second.failure = .unavailable("gone")
        #expect(journal.note(try Self.issued(), of: request) == .unavailable("gone"))
        first.failure = .unaudited("full")
        #expect(journal.note(try Self.revoked(), of: request) == .unaudited("full"))
    }

    @Test func `what no endpoint saw reaches every listener`() {
        journal.observe(.requestDropped(.crowdedOut))
        #expect(first.dropped == [.requestDropped(.crowdedOut)] && second.dropped == first.dropped)
    }

    private final class Listener: JournalListener {
        var failure: StorageError?
        private(set) var count = 0
        private(set) var dropped: [GatewayEvent] = []

        func note(_ event: JournalEvent, of request: GatewayRequest) throws(StorageError) {
            count += 1
            if let failure { throw failure }
        }

        func note(_ event: GatewayEvent) { dropped.append(event) }
    }
}
