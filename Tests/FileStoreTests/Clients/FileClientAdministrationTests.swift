import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("FileClientAdministration changes clients, whole files at a time")
struct FileClientAdministrationTests {
    let state: TemporaryState
    let clients: FileClientAdministration
    let id: ClientID

    init() throws {
        state = try TemporaryState()
        clients = FileClientAdministration(in: try state.open())
        id = try #require(ClientID("web-app"))
    }

    @Test
    func `a client is added, changed, listed and removed`() throws {
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

    @Test(arguments: ["ab", "AB"])
    func
        `members that grantd does not know survive a change, those of secrets too, in whatever letters their hash stands`(
            byte: String
        ) throws
    {
        let hash = "sha256:" + String(repeating: byte, count: 32)
        try state.write(
            """
            {"client_id": "web-app", "contacts": ["ops"], "x": {"y": 1.5, "z": null}, "n": 1700000019000000000.25,
             "secrets": [{"hash": "\(hash)", "note": "n"}]}
            """.utf8,
            to: "clients/web-app.json"
        )
        try clients.update(id) { client in
            client.isActive = false
            client.secrets[0].expiresAt = Timestamp(seconds: 5)
        }
        let text = String(decoding: try state.read("clients/web-app.json"), as: UTF8.self).filter { !$0.isWhitespace }
        for member in [
            #""contacts":["ops"]"#, #""x":{"y":1.5,"z":null}"#, #""n":1700000019000000000,"#, #""note":"n""#,
            #""expires_at":5"#, #""active":false"#,
        ] {
            #expect(text.contains(member))
        }
    }

    @Test
    func `not_before keeps its microseconds`() throws {
        try clients.add(Client(id: id))
        let time = Timestamp(microseconds: 1_763_939_768_123_457)
        try clients.update(id) { $0.notBefore = time }
        #expect(try clients.client(id).notBefore == time)
    }

    @Test
    func `a file that cannot be used is not overwritten`() throws {
        try state.write("{broken".utf8, to: "clients/web-app.json")
        #expect(
            throws: AdministrationError.unusable(file: "web-app.json", reason: "it is not well-formed JSON: see line 1")
        ) {
            try clients.update(id) { $0.isActive = false }
        }
        #expect(try state.read("clients/web-app.json") == Array("{broken".utf8))
        try clients.remove(id)
    }

    @Test
    func `many changes at once are all made`() async throws {
        try clients.add(Client(id: id))
        let (path, id) = (state.path, id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try FileClientAdministration(in: try StateDirectory(path: path)).update(id) { client in
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

    @Test
    func `each change has its line in the audit, and one that fails another`() throws {
        let opened = try state.open()
        let audit = AuditTrail(at: "\(state.path)/audit.jsonl", of: opened, durability: .disk)
        let clients = FileClientAdministration(in: opened, audit: audit)
        try clients.add(Client(id: id))
        try clients.update(id, as: .disable) { $0.isActive = false }
        #expect(throws: AdministrationError.self) {
            try clients.update(id, as: .rotate) { $0.name = String(repeating: "n", count: 70_000) }
        }
        try clients.remove(id)
        #expect(throws: AdministrationError.notFound(id)) { try clients.remove(id) }
        let lines = String(decoding: try state.read("audit.jsonl"), as: UTF8.self).split(separator: "\n")
        let expected = [
            #""add","outcome":"success""#, #""disable","outcome":"success""#, #""rotate","outcome":"success""#,
            #""rotate","outcome":"failed""#, #""remove","outcome":"success""#,
        ]
        #expect(lines.count == expected.count)
        for (line, words) in zip(lines, expected) {
            #expect(line.contains(#""change":"# + words + #","client":"web-app","endpoint":"grantctl""#))
        }
    }

    @Test
    func `without its line in the audit a client gets no access, and loses what it loses`() throws {
        let opened = try state.open()
        let audit = AuditTrail(at: state.path, of: opened, durability: .disk)
        let audited = FileClientAdministration(in: opened, audit: audit)
        #expect(throws: AdministrationError.self) { try audited.add(Client(id: id)) }
        #expect(try clients.ids() == [])
        try clients.add(Client(id: id))
        for change in [ClientChange.rotate, .enable, .takeOver, .other] {
            #expect(throws: AdministrationError.self) { try audited.update(id, as: change) { $0.name = "changed" } }
            #expect(try clients.client(id).name == nil)
        }
        for change in [ClientChange.disable, .revokeTokens] {
            #expect(throws: AdministrationError.self) { try audited.update(id, as: change) { $0.name = "\(change)" } }
            #expect(try clients.client(id).name == "\(change)")
        }
        #expect(throws: AdministrationError.self) { try audited.remove(id) }
        #expect(throws: AdministrationError.notFound(id)) { try clients.client(id) }
    }
}
