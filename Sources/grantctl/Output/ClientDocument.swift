import FileStore
import FoundationEssentials
import GrantCore
import JOSE

/// What is shown of a client: its file's members, with the kinds of its hashes and keys instead of these.
struct ClientDocument: Encodable {
    let clientId: String
    let clientName: String?
    let grantTypes: [String]
    let scope: String?
    let scopePolicy: String?
    let tokenEndpointAuthMethod: String?
    let accessTokenLifetime: Int?
    let active: Bool
    let generation: String?
    let notBefore: Int64?
    let introspect: Bool
    let audiences: [String]?
    let defaultAudience: [String]?
    let accessTokenFormat: String?
    let tokenEndpointAuthSigningAlg: String?
    let tokenEndpointAuthAud: String?
    let assertionLifetime: Int?
    let keys: [KeyDocument]?
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
        scopePolicy = client.scopePolicy == .exact ? nil : client.scopePolicy.rawValue
        tokenEndpointAuthMethod = client.authenticationMethod?.rawValue
        accessTokenLifetime = client.accessTokenLifetime
        active = client.isActive
        generation = client.generation?.value
        notBefore = client.notBefore?.seconds
        introspect = client.mayIntrospect
        audiences = client.audiences.isEmpty ? nil : client.audiences.names
        defaultAudience = client.defaultAudience.isEmpty ? nil : client.defaultAudience.names
        accessTokenFormat = client.tokenFormat?.rawValue
        tokenEndpointAuthSigningAlg = client.assertions.algorithm?.rawValue
        tokenEndpointAuthAud = client.assertions.areForIssuerOnly ? "issuer" : nil
        let lifetime = client.assertions.longestLifetime
        assertionLifetime = lifetime == AssertionPolicy.defaultLifetime ? nil : lifetime
        keys = client.keys?.keys.map(KeyDocument.init)
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

extension AssertionPolicy {
    /// What it asks of assertions, for people.
    fileprivate var text: String {
        let algorithm = algorithm.map { "signed by \($0.rawValue)" } ?? "signed by any of its keys"
        let audience = areForIssuerOnly ? "the issuer" : "the issuer or one of its endpoints"
        return "\(algorithm), for \(audience), at most \(longestLifetime) s ahead"
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
        if scopePolicy != .exact { rows.append(["scope policy", scopePolicy.rawValue]) }
        if !audiences.isEmpty { rows.append(["audiences", audiences.names.joined(separator: " ")]) }
        if !defaultAudience.isEmpty { rows.append(["default audience", defaultAudience.names.joined(separator: " ")]) }
        if let tokenFormat { rows.append(["token format", tokenFormat.rawValue]) }
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
        for key in keys?.keys ?? [] { rows.append(["key \(key.name)", key.kind]) }
        for skipped in keys?.skipped ?? [] { rows.append(["unused key", "\(skipped)"]) }
        if keys != nil { rows.append(["assertions", assertions.text]) }
        return NamedValues(rows: rows + LockOut.rows(lockOuts)).text(width: OutputWidth.current)
    }
}
