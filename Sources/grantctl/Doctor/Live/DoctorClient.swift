import Encoding
import FileStore
import GrantCore

/// The client that the doctor creates for its requests, and removes afterwards.
///
/// If the doctor is killed, the secret and the tokens expire soon, and the next run removes the client.
struct DoctorClient {
    private static let prefix = "doctor-"
    private static let randomBytes = 8
    private static let name = "grantctl doctor"
    /// How long the secret and the tokens are accepted, in seconds, and how much longer for each path that is asked for: its
    /// answers may take time.
    private static let secretLifetime = 120
    private static let tokenLifetime = 60
    private static let lifetimeOfPlace = 30
    private static let longestLifetime = 3600

    let clients: any ClientAdministration

    /// A new id.
    static func newID() -> ClientID {
        guard let id = ClientID(prefix + Hex.encode(SecureRandom.bytes(randomBytes))) else {
            preconditionFailure("letters and digits are an id")
        }
        return id
    }

    /// Makes the client. If that fails, nothing is left of it.
    ///
    /// - Parameter places: how many paths are asked for as this client.
    func make(scope: Scope, places: Int, at now: Timestamp) async throws(AdministrationError) -> LiveCredentials {
        let secret = NewSecret.generated()
        guard let value = secret.value else { preconditionFailure("a generated secret is known") }
        var client = Client(id: Self.newID())
        client.name = Self.name
        client.scope = scope
        let more = min(places, Self.longestLifetime / Self.lifetimeOfPlace) * Self.lifetimeOfPlace
        client.accessTokenLifetime = Self.tokenLifetime + more
        client.mayIntrospect = true
        let end = Timestamp(seconds: now.seconds + Int64(Self.secretLifetime + more))
        client.secrets = [StoredSecret(hash: secret.hash, createdAt: now, expiresAt: end)]
        client.generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        do throws(AdministrationError) {
            try await clients.add(client, as: .add)
        } catch {
            switch error {
            case .exists, .unnameable, .refused, .unaudited(_, isDone: false): break
            // It may be there all the same.
            default: try? await clients.remove(client.id)
            }
            throw error
        }
        return LiveCredentials(id: client.id, secret: value, isOwn: true)
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
