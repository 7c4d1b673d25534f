import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("ClientAdministration changes clients, whole files at a time")
struct ClientAdministrationTests {
    let state: TemporaryState
    let clients: ClientAdministration
    let id: ClientID

    init() throws {
        state = try TemporaryState()
        clients = ClientAdministration(in: try state.open())
        id = try #require(ClientID("web-app"))
    }

    @Test("a client is added, changed, listed and removed")
    func life() throws {
        try clients.add(Client(id: id))
        #expect(throws: AdministrationError.exists(id)) { try clients.add(Client(id: id)) }
        let scope = try #require(Scope("x"))
        #expect(try clients.update(id) { $0.scope = scope }.scope == scope)
        #expect(try clients.client(id).scope == scope)
        #expect(try clients.ids() == [id])
        #expect(try state.names(in: "clients") == ["web-app.json"], "no draft is left")
        try clients.remove(id)
        #expect(throws: AdministrationError.notFound(id)) { try clients.remove(id) }
        #expect(throws: AdministrationError.notFound(id)) { try clients.update(id) { _ in } }
        #expect(throws: AdministrationError.notFound(id)) { try clients.client(id) }
    }

    @Test("members that grantd does not know survive a change, those of secrets too")
    func unknownMembers() throws {
        let hash = "sha256:" + String(repeating: "ab", count: 32)
        try state.write(
            #"{"client_id":"web-app","contacts":["ops"],"x":{"y":1.5,"z":null},"secrets":[{"hash":"\#(hash)","note":"n"}]}"#
                .utf8,
            to: "clients/web-app.json"
        )
        try clients.update(id) { client in
            client.isActive = false
            client.secrets[0].expiresAt = Timestamp(seconds: 5)
        }
        let text = String(decoding: try state.read("clients/web-app.json"), as: UTF8.self).filter { !$0.isWhitespace }
        for member in [
            #""contacts":["ops"]"#, #""x":{"y":1.5,"z":null}"#, #""note":"n""#, #""expires_at":5"#, #""active":false"#,
        ] {
            #expect(text.contains(member))
        }
    }

    @Test("not_before keeps its microseconds")
    func notBefore() throws {
        try clients.add(Client(id: id))
        let time = Timestamp(microseconds: 1_763_939_768_123_457)
        try clients.update(id) { $0.notBefore = time }
        #expect(try clients.client(id).notBefore == time)
    }

    @Test("a file that cannot be used is not overwritten")
    func unusable() throws {
        try state.write("{broken".utf8, to: "clients/web-app.json")
        #expect(throws: AdministrationError.unusable(file: "web-app.json", reason: "it is not a JSON object")) {
            try clients.update(id) { $0.isActive = false }
        }
        #expect(try state.read("clients/web-app.json") == Array("{broken".utf8))
        try clients.remove(id)
    }

    @Test("many changes at once are all made")
    func concurrency() async throws {
        try clients.add(Client(id: id))
        let (path, id) = (state.path, id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try ClientAdministration(in: try StateDirectory(path: path)).update(id) { client in
                        client.secrets.append(
                            StoredSecret(
                                hash: .sha256([UInt8](repeating: UInt8(number), count: 32)),
                                createdAt: Timestamp(seconds: Int64(number))
                            )
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try clients.client(id).secrets.count == 40)
    }
}
