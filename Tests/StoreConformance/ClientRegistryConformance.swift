package import GrantCore

/// The suite that any `ClientRegistry` passes: each check says in words what did not hold.
package struct ClientRegistryConformance {
    /// A place where clients are registered, new and empty for each check.
    package struct Place {
        /// Opens one more registry of the place, as another process would.
        let open: () throws -> any ClientRegistry
        /// Registers a client, or puts it in the place of the one with its id.
        let put: (Client) async throws -> Void
        /// Removes a client.
        let remove: (ClientID) async throws -> Void

        /// A place with these ways to change it.
        package init(
            open: @escaping () throws -> any ClientRegistry,
            put: @escaping (Client) async throws -> Void,
            remove: @escaping (ClientID) async throws -> Void
        ) {
            self.open = open
            self.put = put
            self.remove = remove
        }
    }

    /// One promise of `ClientRegistry`.
    package struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        package let description: String
        let body: @Sendable (Place) async throws -> Void

        /// Holds a registry to the promise.
        package func run(_ place: Place) async throws {
            try await body(place)
        }
    }

    /// All of the promises.
    package static let checks: [Check] = [
        Check(description: "an id that is not registered has no client") { place in
            let registry = try place.open()
            for text in ["nobody", " ", "é", "..", "a/b", String(repeating: "x", count: 200)] {
                try expect(try await registry.client(for: id(text)) == nil, "\(text) is nobody")
            }
        },
        Check(description: "a client is found as it was registered, by every process") { place in
            let early = try place.open()
            for client in try clients() {
                try await place.put(client)
                for registry in [early, try place.open()] {
                    try expect(try await registry.client(for: client.id) == client, "\(client.id) is as it was put")
                }
            }
            for client in try clients() {
                try expect(try await early.client(for: client.id) == client, "\(client.id) is still as it was put")
            }
        },
        Check(description: "a change is seen by the next look of every process") { place in
            let registries = [try place.open(), try place.open()]
            var client = try clients()[0]
            try await place.put(client)
            for change in 0..<20 {
                for registry in registries { _ = try await registry.client(for: client.id) }
                client.isActive.toggle()
                client.name = "change \(change)"
                client.accessTokenLifetime = change + 1
                try await place.put(client)
                for registry in registries + [try place.open()] {
                    try expect(try await registry.client(for: client.id) == client, "change \(change) is seen")
                }
            }
        },
        Check(description: "a removed client is gone for every process, and can be registered again") { place in
            let registries = [try place.open(), try place.open()]
            let client = try clients()[0]
            for _ in 0..<3 {
                try await place.put(client)
                for registry in registries {
                    try expect(try await registry.client(for: client.id) == client, "it is there")
                }
                try await place.remove(client.id)
                for registry in registries + [try place.open()] {
                    try expect(try await registry.client(for: client.id) == nil, "it is gone")
                }
            }
        },
        Check(description: "ids are told apart by every byte") { place in
            let texts = ["web", "Web", "web ", "wéb", "we\u{301}b", "w%65b", "web.json"]
            for text in texts {
                var client = Client(id: try id(text))
                client.name = text
                try await place.put(client)
            }
            let registry = try place.open()
            for text in texts {
                let name = try await registry.client(for: id(text))?.name
                try expect(name.map { $0.utf8.elementsEqual(text.utf8) } == true, "\(text) is itself")
            }
        },
    ]

    /// Clients that differ in every member.
    private static func clients() throws -> [Client] {
        guard let secret = ClientSecret("a secret"), let scope = Scope("read write"), let generation = Generation("one")
        else { throw TokenStoreConformance.Broken(description: "these are a secret, a scope and a generation") }
        let plain = Client(id: try id("plain"))
        var full = Client(id: try id("full of members"))
        full.name = "Name \"with\" \u{1F511}"
        full.scope = scope
        full.authenticationMethod = .basic
        full.secrets = [
            StoredSecret(hash: SecretHash(ofGenerated: secret), createdAt: Timestamp(seconds: 1_700_000_000))
        ]
        full.accessTokenLifetime = 60
        full.isActive = false
        full.generation = generation
        full.mayIntrospect = true
        return [plain, full]
    }

    private static func id(_ text: String) throws -> ClientID {
        guard let id = ClientID(text) else {
            throw TokenStoreConformance.Broken(description: "\(text) is an id")
        }
        return id
    }

    private static func expect(_ condition: Bool, _ promise: String) throws {
        try TokenStoreConformance.expect(condition, promise)
    }
}
