import FileStore
import GrantCore
import JOSE
import Testing

@testable import grantctl

@Suite struct ClientKeyChangeTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let old: PublicKey
    private let new: PublicKey
    private var client: Client

    /// A client with one key, whose kid is `old`.
    init() throws {
        old = try Self.key("old")
        new = try Self.key("new")
        client = Client(id: try #require(ClientID("web")))
        client.authenticationMethod = .privateKeyJWT
        client.keys = JWKSet(publishing: [old])
    }

    /// A new key; without a kid it has none.
    private static func key(_ id: String?, _ algorithm: Algorithm = .es256) throws -> PublicKey {
        try PublicKey(PrivateKey.generate(algorithm).publicKey.parameters, keyID: id, algorithm: algorithm)
    }

    private func changed(_ change: ClientKeyChange, force: Bool = false) throws -> [PublicKey] {
        var changed = client
        try ClientSettingChange(keys: change).apply(to: &changed, at: now, force: force)
        return changed.keys?.keys ?? []
    }

    @Test func `A key is added beside the old one, which goes by its kid or the beginning of it`() throws {
        #expect(try changed(ClientKeyChange(added: [new])) == [old, new])
        #expect(try changed(ClientKeyChange(added: [new], removed: ["old"])) == [new])
        #expect(try changed(ClientKeyChange(added: [new], removed: ["o"])) == [new])
        #expect(try changed(ClientKeyChange(replacement: [new])) == [new])
        #expect(try changed(ClientKeyChange(added: [old])) == [old], "the same key is there already")
    }

    @Test func `A key that is not there, or that several names begin with, is not removed`() throws {
        #expect(throws: AdministrationError.refused("client web has no key x; it has the keys old")) {
            try changed(ClientKeyChange(removed: ["x"]))
        }
        let twin = try Self.key("olden")
        #expect(throws: AdministrationError.refused("several keys begin with ol: old, olden")) {
            var client = client
            client.keys = JWKSet(publishing: [old, twin])
            try ClientKeyChange(removed: ["ol"]).apply(to: &client)
        }
    }

    @Test func `The last key is removed by force alone`() throws {
        for change in [ClientKeyChange(removed: ["old"]), ClientKeyChange(replacement: [])] {
            #expect(throws: AdministrationError.self) { try changed(change) }
            #expect(try changed(change, force: true).isEmpty)
        }
    }

    @Test func `The last key goes where a secret does`() throws {
        var client = client
        client.authenticationMethod = nil
        client.secrets = [StoredSecret(hash: .sha256([UInt8](repeating: 1, count: 32)), createdAt: now)]
        try ClientSettingChange(keys: ClientKeyChange(replacement: [])).apply(to: &client, at: now)
        #expect(client.keys == nil)
    }

    @Test func `Two keys of one kid are refused`() throws {
        let error = #expect(throws: AdministrationError.self) { try changed(ClientKeyChange(added: [Self.key("old")])) }
        #expect(error?.description.contains("already has another key with the kid old") == true)
    }

    @Test(arguments: [
        (Algorithm.es256, String?.none, Algorithm.es256, String?.some("new"), false),
        (.es256, .some("old"), .es256, .none, false), (.es256, .none, .es256, .none, false),
        (.es256, .none, .es384, .none, true), (.es256, .some("old"), .edDSA, .none, true),
    ])
    func `Beside another key of its kind one without a kid is refused`(
        first: Algorithm,
        firstID: String?,
        second: Algorithm,
        secondID: String?,
        isTaken: Bool
    ) throws {
        var client = client
        client.keys = JWKSet(publishing: [try Self.key(firstID, first)])
        let change = ClientKeyChange(added: [try Self.key(secondID, second)])
        if isTaken {
            try change.apply(to: &client)
            #expect(client.keys?.keys.count == 2)
        } else {
            #expect(throws: AdministrationError.self) { try change.apply(to: &client) }
        }
    }

    @Test func `What only takes away is told from the rest`() throws {
        for change in [
            ClientKeyChange(removed: ["old"]), ClientKeyChange(replacement: []), ClientKeyChange(replacement: [old]),
        ] {
            #expect(ClientSettingChange(keys: change).onlyTakesAway(from: client))
        }
        for change in [ClientKeyChange(added: [new]), ClientKeyChange(replacement: [new])] {
            #expect(!ClientSettingChange(keys: change).onlyTakesAway(from: client))
        }
    }
}
