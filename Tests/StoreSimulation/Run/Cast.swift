package import GrantCore

/// Who runs things on a simulated machine.
package enum User {
    package static let root: UInt32 = 0
    package static let service: UInt32 = 998
}

/// The clients, grants and lifetimes that appear in runs.
package enum Cast {
    /// Clients that are made and changed.
    package static let clients = ["web-app", "batch", "a:client/with an odd name"].map(id)
    /// One that is made and removed after each power cut.
    package static let newcomer = id("newcomer")
    /// Windows of 64, 128 and 512 seconds.
    package static let lifetimes = [40, 600, 3600]
    /// What is granted; three differ in their generation alone, the last ones take several cells.
    package static let grants = [
        Grant(clientID: clients[0], scope: .none),
        Grant(clientID: clients[0], scope: scope("read")),
        Grant(clientID: clients[1], scope: scope("read write")),
        Grant(clientID: clients[0], scope: scope("read"), generation: Generation("first")),
        Grant(clientID: clients[0], scope: scope("read"), generation: Generation("second")),
        Grant(clientID: clients[1], scope: scope((0..<20).map { "orders:\($0)" }.joined(separator: " "))),
        Grant(clientID: clients[2], scope: scope((0..<90).map { "stock:\($0)" }.joined(separator: " "))),
    ]
    /// What is counted; the last one never is.
    package static let counted = [
        FailureKey.failures(clients[0], Origin(bytes: [192, 0, 2, 1])),
        .failures(clients[0], Origin(bytes: [192, 0, 2, 2])),
        .budget(clients[1]),
        .proof(clients[0], Origin(bytes: [192, 0, 2, 1])),
    ]
    /// Something that never is.
    package static let innocent = FailureKey.failures(newcomer, Origin(bytes: [192, 0, 2, 1]))
    /// A client whose two secrets are used.
    package static let user = {
        var client = Client(id: clients[1])
        client.secrets = [1, 2].map { StoredSecret(hash: .sha256([UInt8](repeating: $0, count: 32)), createdAt: start) }
        return client
    }()
    /// Assertions that are used.
    package static let assertions = (0..<4).map { AssertionName(client: clients[0], jti: "\($0)") }
    /// When runs begin.
    package static let start = Timestamp(seconds: 1_800_000_000)

    private static func id(_ text: String) -> ClientID {
        guard let id = ClientID(text) else { fatalError("\(text) is an id") }
        return id
    }

    private static func scope(_ text: String) -> Scope {
        guard let scope = Scope(text) else { fatalError("\(text) is a scope") }
        return scope
    }
}
