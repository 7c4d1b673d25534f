import FileStore
import GrantCore

/// The client that the doctor creates for its requests, and removes afterwards.
///
/// Should the doctor be killed, its secret expires after two minutes and its tokens after one; the next run takes it away.
struct DoctorClient {
    private static let prefix = "doctor-"
    private static let randomBytes = 8
    private static let name = "grantctl doctor"
    private static let secretLifetime: Int64 = 120
    private static let tokenLifetime = 60

    let clients: any ClientAdministration

    /// A new id.
    static func newID() -> ClientID {
        guard let id = ClientID(prefix + Hex.encode(SecureRandom.bytes(randomBytes))) else {
            preconditionFailure("letters and digits are an id")
        }
        return id
    }

    /// Makes the client.
    func make(scope: Scope, at now: Timestamp) async throws(AdministrationError) -> LiveCredentials {
        let secret = NewSecret.generated()
        guard let value = secret.value else { preconditionFailure("a generated secret is known") }
        var client = Client(id: Self.newID())
        client.name = Self.name
        client.scope = scope
        client.accessTokenLifetime = Self.tokenLifetime
        client.mayIntrospect = true
        let end = Timestamp(seconds: now.seconds + Self.secretLifetime)
        client.secrets = [StoredSecret(hash: secret.hash, createdAt: now, expiresAt: end)]
        client.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        try await clients.add(client, as: .add)
        return LiveCredentials(id: client.id, secret: value, isOwn: true)
    }

    /// Takes it away.
    func remove(_ id: ClientID) async throws(AdministrationError) {
        try await clients.remove(id)
    }

    /// Takes away what runs left that were killed, and says which.
    func removeLeftovers(at now: Timestamp) async throws(AdministrationError) -> [ClientID] {
        var removed: [ClientID] = []
        for id in try await clients.ids() where Self.isOne(id) {
            guard let client = try? await clients.client(id), client.name == Self.name,
                !client.secrets.contains(where: { $0.isCurrent(at: now) })
            else { continue }
            try await clients.remove(id)
            removed.append(id)
        }
        return removed
    }

    private static func isOne(_ id: ClientID) -> Bool {
        id.value.hasPrefix(prefix) && id.value.utf8.count == prefix.utf8.count + 2 * randomBytes
            && id.value.dropFirst(prefix.count).allSatisfy(\.isHexDigit)
    }
}
