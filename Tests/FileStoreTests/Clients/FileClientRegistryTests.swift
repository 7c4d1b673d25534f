import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("FileClientRegistry sees each client's file as it is now")
struct FileClientRegistryTests {
    let state: TemporaryState
    let id: ClientID

    init() throws {
        state = try TemporaryState()
        _ = try state.open()
        id = try #require(ClientID("web-app"))
    }

    @Test
    func `a file that is put there, changed or taken away counts at once, however quickly`() throws {
        let registry = FileClientRegistry(in: try state.open())
        #expect(try registry.client(for: id) == nil)
        for round in 0..<200 {
            // The same length and often the same tick of the kernel's clock.
            let name = round.isMultiple(of: 2) ? "a" : "b"
            try state.write(#"{"client_id":"web-app","client_name":"\#(name)"}"#.utf8, to: "clients/web-app.json")
            #expect(try registry.client(for: id)?.name == name)
        }
        try FileManager.default.removeItem(atPath: "\(state.path)/clients/web-app.json")
        #expect(try registry.client(for: id) == nil)
    }

    /// What an administrator's hand, or another program, can do to a file that has not changed for a while.
    enum Change: CaseIterable {
        case renamedOver, renamedOverBesideLink, written, writtenInPlaceWithItsTime, modeChanged, movedAway, removed

        func make(to path: String, aside: String) throws {
            let files = FileManager.default
            let changed = Data(#"{"client_id":"web-app","client_name":"b"}"#.utf8)
            switch self {
            case .renamedOver, .renamedOverBesideLink:
                if self == .renamedOverBesideLink { try files.linkItem(atPath: path, toPath: aside) }
                try changed.write(to: URL(fileURLWithPath: path + ".new"))
                try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + ".new")
                let result = unsafe rename(path + ".new", path)
                #expect(result == 0)
            case .written, .writtenInPlaceWithItsTime:
                let time = try files.attributesOfItem(atPath: path)[.modificationDate]
                let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
                try file.write(contentsOf: changed)
                try file.close()
                if self == .written { return }
                try files.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: path)
            case .modeChanged: try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            case .movedAway: try files.moveItem(atPath: path, toPath: aside)
            case .removed: try files.removeItem(atPath: path)
            }
        }

        var expectedName: String? {
            switch self {
            case .renamedOver, .renamedOverBesideLink, .written, .writtenInPlaceWithItsTime: "b"
            case .modeChanged, .movedAway, .removed: nil
            }
        }
    }

    @Test(
        arguments: Change.allCases,
        [0, 70]
    )
    func `whatever is done to a file that was looked at for long counts at once`(_ change: Change, others: Int) throws {
        let registry = FileClientRegistry(in: try state.open())
        let ids = try (0..<others).map { try #require(ClientID("other-\($0)")) }
        for id in ids { try state.write(#"{"client_id":"\#(id)"}"#.utf8, to: "clients/\(id).json") }
        try state.write(#"{"client_id":"web-app","client_name":"a"}"#.utf8, to: "clients/web-app.json")
        usleep(120_000)
        // More files than are kept open come first.
        for id in ids { #expect(try registry.client(for: id) != nil) }
        for _ in 0..<3 { #expect(try registry.client(for: id)?.name == "a") }
        try change.make(to: "\(state.path)/clients/web-app.json", aside: "\(state.path)/aside")
        for _ in 0..<3 { #expect(try registry.client(for: id)?.name == change.expectedName) }
        for id in ids { #expect(try registry.client(for: id) != nil) }
    }

    @Test
    func `where the directory is gone, clients cannot be read: none is unknown`() throws {
        let registry = FileClientRegistry(in: try state.open())
        #expect(try registry.client(for: id) == nil)
        try FileManager.default.removeItem(atPath: "\(state.path)/clients")
        #expect(throws: StorageError.self) { try registry.client(for: id) }
    }

    @Test
    func `every member is read`() throws {
        let hash = String(repeating: "ab", count: 32)
        let slow = "$2y$10$aaaaaaaaaaaaaaaaaaaaau" + String(repeating: "a", count: 31)
        try state.write(
            """
            {"client_id": "web-app", "client_name": "Web", "grant_types": ["client_credentials", "other"],
             "scope": "a b", "token_endpoint_auth_method": "client_secret_post", "access_token_lifetime": 60,
             "active": false, "not_before": 1800000000.5, "introspect": true, "contacts": ["x"],
             "secrets": [{"hash": "sha256:\(hash)", "created_at": 1, "expires_at": 2}, {"hash": "\(slow)"}]}
            """.utf8,
            to: "clients/web-app.json"
        )
        let client = try #require(try FileClientRegistry(in: try state.open()).client(for: id))
        var expected = Client(id: id)
        expected.name = "Web"
        expected.grantTypes = ["client_credentials", "other"]
        expected.scope = try #require(Scope("a b"))
        expected.authenticationMethod = .body
        expected.accessTokenLifetime = 60
        expected.isActive = false
        expected.notBefore = Timestamp(microseconds: 1_800_000_000_500_000)
        expected.mayIntrospect = true
        expected.secrets = [
            StoredSecret(
                hash: .sha256([UInt8](repeating: 0xAB, count: 32)),
                createdAt: Timestamp(seconds: 1),
                expiresAt: Timestamp(seconds: 2)
            ),
            StoredSecret(hash: .crypt(slow), createdAt: nil),
        ]
        #expect(client == expected)
    }

    @Test(arguments: [
        ("", "it is not well-formed JSON: see line 1"),
        ("[]", "it is not a JSON object"),
        (#"{"client_id":"web-app""#, "it is not well-formed JSON: see line 1"),
        (
            #"{"client_id":"web-app",}"#,
            "it is not well-formed JSON: see line 1, and delete the comma before the closing bracket"
        ),
        (
            #"{"client_id":"web-app","contacts":["x",]}"#,
            "it is not well-formed JSON: see line 1, and delete the comma before the closing bracket"
        ),
        (#"{"client_id":"web-app"} {}"#, "it is not well-formed JSON: see line 1"),
        (#"{"client_id":"web-app","x":01}"#, "it is not well-formed JSON: see line 1"),
        (#"{"client_id":"web-app","x":1e999}"#, "a number in it is out of range"),
        (#"{"client_id":"web-app","active":false,"active":true}"#, "its member active is repeated"),
        (#"{"client_id":"web-app","x":{"y":1,"y":1}}"#, "its member y is repeated"),
        (#"{"client_id":"web-app","secrets":[{"hash":"a","hash":"b"}]}"#, "its member hash is repeated"),
        (#"{"client_id":"web-app","\u0061ctive":false,"active":true}"#, "its member active is repeated"),
        (#"{"client_id":"web-app","actve":false}"#, "its member actve is not known; active may be meant"),
        (#"{"client_id":"web-app","acitve":false}"#, "its member acitve is not known; active may be meant"),
        (#"{"client_id":"web-app","Active":false}"#, "its member Active is not known; active may be meant"),
        (#"{"client_id":"web-app","enabled":false}"#, "its member enabled is not known; active may be meant"),
        (#"{"client_id":"web-app","not-before":1}"#, "its member not-before is not known; not_before may be meant"),
        (#"{"client_id":"web-app","notBefore":1}"#, "its member notBefore is not known; not_before may be meant"),
        (#"{"client_id":"web-app","scopes":"a"}"#, "its member scopes is not known; scope may be meant"),
        (
            #"{"client_id":"web-app","client_secret":"a"}"#,
            "its member client_secret is not known; secrets may be meant"
        ),
        (
            #"{"client_id":"web-app","secrets":[{"hash":"x","expires":1}]}"#,
            "its member expires is not known; expires_at may be meant"
        ),
        (
            #"{"client_id":"web-app","secrets":[{"secret":"x"}]}"#,
            "its member secret is not known; hash may be meant"
        ),
        ("{}", "its client_id is not an id"),
        (#"{"client_id":"other"}"#, "its client_id is not the one in its name: correct the member, or rename the file"),
        (#"{"client_id":"web-app","active":1}"#, "its active is not true or false"),
        (#"{"client_id":"web-app","active":null}"#, "its active is not true or false"),
        (#"{"client_id":"web-app","scope":"a  b"}"#, "its scope is not words split by single spaces"),
        (
            #"{"client_id":"web-app","scope":"\#(String(repeating: "a", count: 7169))"}"#,
            "its scope is not at most 7168 bytes"
        ),
        (#"{"client_id":"web-app","grant_types":"x"}"#, "its grant_types is not an array of strings"),
        (
            #"{"client_id":"web-app","access_token_lifetime":0}"#,
            "its access_token_lifetime is not a number of seconds from 1 to 31536000"
        ),
        (#"{"client_id":"web-app","not_before":"yesterday"}"#, "its not_before is not seconds since 1970"),
        (
            #"{"client_id":"web-app","secrets":[{"hash":"secret"}]}"#,
            "a hash in its secrets is not a hash of crypt(5); yescrypt, bcrypt, and SHA-256 or SHA-512 of crypt(5) are taken"
        ),
        (
            ##"{"client_id":"web-app","secrets":[{"hash":"$2y$31$\##(String(repeating: "a", count: 53))"}]}"##,
            "a hash in its secrets costs too much: bcrypt's cost may be 13"
        ),
        (
            #"{"client_id":"web-app","token_endpoint_auth_method":"none"}"#,
            "its token_endpoint_auth_method is not client_secret_basic or client_secret_post or private_key_jwt"
        ),
        (String(repeating: " ", count: 65_537), "it is longer than 65536 bytes"),
    ])
    func `a file that cannot be used disables that client alone, and is reported once`(
        _ content: String,
        _ reason: String
    ) throws {
        try state.write(#"{"client_id":"good"}"#.utf8, to: "clients/good.json")
        try state.write(content.utf8, to: "clients/web-app.json")
        var reports: [StoreReport] = []
        let registry = FileClientRegistry(in: try state.open()) { reports.append($0) }
        for _ in 0..<3 { #expect(try registry.client(for: id) == nil) }
        #expect(reports == [.unusableClient(file: "web-app.json", reason: reason)])
        #expect(try registry.client(for: try #require(ClientID("good"))) != nil)
    }

    @Test
    func `the longest scope is taken`() throws {
        let scope = String(repeating: "a", count: 7168)
        try state.write(#"{"client_id":"web-app","scope":"\#(scope)"}"#.utf8, to: "clients/web-app.json")
        #expect(try FileClientRegistry(in: try state.open()).client(for: id)?.scope.description == scope)
    }

    @Test
    func `a file that others may use, a link, a directory and a pipe are no clients`() throws {
        let registry = FileClientRegistry(in: try state.open())
        let path = "\(state.path)/clients/web-app.json"
        try state.write(#"{"client_id":"web-app"}"#.utf8, to: "clients/web-app.json", mode: 0o644)
        #expect(try registry.client(for: id) == nil)
        try FileManager.default.moveItem(atPath: path, toPath: "\(state.path)/clients/elsewhere")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: "\(state.path)/clients/elsewhere"
        )
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "elsewhere")
        #expect(try registry.client(for: id) == nil)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(try registry.client(for: id) == nil)
        try FileManager.default.removeItem(atPath: path)
        let pipe = unsafe mkfifo(path, 0o600)
        #expect(pipe == 0)
        #expect(try registry.client(for: id) == nil)
    }
}
