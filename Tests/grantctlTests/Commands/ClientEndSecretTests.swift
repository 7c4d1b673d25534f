import FileStore
import GrantCore
import Testing

@testable import grantctl

@Suite struct ClientEndSecretTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let names: [String]
    private var client: Client

    /// A client with secrets that expire after the given seconds; nil for one that does not expire.
    init() throws {
        client = Client(id: try #require(ClientID("web")))
        for number in 0..<2 {
            let hash = SecretHash.sha256([UInt8](repeating: UInt8(number), count: 32))
            client.secrets.append(StoredSecret(hash: hash, createdAt: now))
        }
        names = client.secrets.map(\.hash.shortID)
    }

    @Test func `A secret is ended at once, and goes`() throws {
        var client = client
        let ended = try client.endSecret(named: String(names[0].prefix(3)), after: 0, at: now, force: false)
        #expect(ended.name == names[0] && ended.end == now)
        #expect(client.secrets.map(\.hash.shortID) == [names[1]])
    }

    @Test func `Later, but not later than it would anyway`() throws {
        var client = client
        _ = try client.endSecret(named: names[0], after: 60, at: now, force: false)
        #expect(client.secrets[0].expiresAt == now.adding(seconds: 60))
        #expect(try client.endSecret(named: names[0], after: 90, at: now, force: false).end == now.adding(seconds: 60))
        #expect(client.secrets[0].expiresAt == now.adding(seconds: 60))
    }

    @Test func `The last usable one is kept, unless it is forced`() throws {
        var client = client
        client.secrets[1].expiresAt = now.adding(seconds: 60)
        for after in [60, 3600] {
            #expect(throws: AdministrationError.self) {
                try client.endSecret(named: names[0], after: after, at: now, force: false)
            }
        }
        let before = client
        do throws(AdministrationError) {
            client.secrets[1].expiresAt = now
            _ = try client.endSecret(named: names[0], after: 0, at: now, force: false)
            Issue.record("it was ended")
        } catch {
            #expect(error.description.contains("last usable") && error.description.contains("--force"))
        }
        client = before
        _ = try client.endSecret(named: names[0], after: 59, at: now, force: false)
        client = before
        _ = try client.endSecret(named: names[0], after: 3600, at: now, force: true)
        #expect(client.secrets[0].expiresAt == now.adding(seconds: 3600))
    }

    @Test func `One that has ended is taken away, though it is the only one`() throws {
        var client = client
        client.secrets = [client.secrets[0]]
        client.secrets[0].expiresAt = now
        _ = try client.endSecret(named: names[0], after: 0, at: now, force: false)
        #expect(client.secrets.isEmpty)
    }

    @Test func `Names of none and of several are refused, with those that there are`() throws {
        var client = client
        do throws(AdministrationError) {
            _ = try client.endSecret(named: "xyz", after: 0, at: now, force: true)
            Issue.record("there is no such secret")
        } catch {
            #expect(error.description.contains(names.joined(separator: ", ")))
        }
        do throws(AdministrationError) {
            _ = try client.endSecret(named: "", after: 0, at: now, force: true)
            Issue.record("it is not clear which")
        } catch {
            #expect(error.description.hasPrefix("several secrets begin with"))
        }
    }
}
