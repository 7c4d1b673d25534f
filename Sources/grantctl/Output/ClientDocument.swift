import FoundationEssentials
import GrantCore

/// What is shown of a client: its file's members, with the kinds of its hashes instead of the hashes.
struct ClientDocument: Encodable {
    let clientId: String
    let clientName: String?
    let grantTypes: [String]
    let scope: String?
    let tokenEndpointAuthMethod: String?
    let accessTokenLifetime: Int?
    let active: Bool
    let generation: String?
    let notBefore: Int64?
    let introspect: Bool
    let secrets: [Secret]
    let lockedOut: [LockOut]?

    struct Secret: Encodable {
        let id: String
        let kind: String
        let createdAt: Int64?
        let expiresAt: Int64?
        let lastUsedAt: Int64?
    }

    /// - Parameters:
    ///   - lastUses: when its secrets were last used, by their short names.
    ///   - lockOuts: from where it has to wait; nil if that was not looked up.
    init(_ client: Client, lastUses: [String: Timestamp] = [:], lockOuts: [LockOut]? = nil) {
        clientId = client.id.value
        clientName = client.name
        grantTypes = client.grantTypes
        scope = client.scope.isEmpty ? nil : client.scope.description
        tokenEndpointAuthMethod = client.authenticationMethod?.rawValue
        accessTokenLifetime = client.accessTokenLifetime
        active = client.isActive
        generation = client.generation?.value
        notBefore = client.notBefore?.seconds
        introspect = client.mayIntrospect
        lockedOut = lockOuts
        secrets = client.secrets.map {
            Secret(
                id: $0.hash.shortID,
                kind: $0.hash.description,
                createdAt: $0.createdAt?.seconds,
                expiresAt: $0.expiresAt?.seconds,
                lastUsedAt: lastUses[$0.hash.shortID]?.seconds
            )
        }
    }
}

extension Client {
    /// Everything about it, for people.
    func text(at now: Timestamp, lastUses: [String: Timestamp], lockOuts: [LockOut] = []) -> String {
        var rows = [
            ["client", id.value],
            ["name", name ?? "none"],
            ["state", isActive ? "active" : "disabled"],
            ["grants", grantTypes.joined(separator: " ")],
            ["scope", scope.isEmpty ? "none" : scope.description],
            ["authentication", authenticationMethod?.rawValue ?? "any way"],
            ["token lifetime", accessTokenLifetime.map { "\($0) s" } ?? "the server's"],
            ["introspection", mayIntrospect ? "every client's tokens" : "its own tokens"],
        ]
        if let generation { rows.append(["generation", generation.value]) }
        if let notBefore {
            let remark = now < notBefore ? ", which lies ahead: it gets no tokens yet" : ""
            rows.append(["tokens since", notBefore.text + remark])
        }
        for secret in secrets {
            let made = secret.createdAt.map { ", made \($0.text)" } ?? ""
            let end = secret.expiresAt.map { ", \(now < $0 ? "ends" : "ended") \($0.text)" } ?? ""
            let id = secret.hash.shortID
            let use = lastUses[id].map { ", last used \($0.text)" } ?? ""
            rows.append(["secret \(id)", secret.hash.description + made + use + end])
        }
        if secrets.isEmpty { rows.append(["secret", "none"]) }
        return NamedValues(rows: rows + LockOut.rows(lockOuts)).text(width: OutputWidth.current)
    }
}
