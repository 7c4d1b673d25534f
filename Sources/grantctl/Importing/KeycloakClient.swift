import Encoding
import GrantCore

/// A client of Keycloak, as `kc.sh export` writes it into a realm, or as the admin API lists it.
enum KeycloakClient {
    /// The scopes that Keycloak makes itself, which are about a person's identity or about its own tokens' claims.
    private static let ownScopes: Set<String> = [
        "acr", "address", "basic", "email", "microprofile-jwt", "offline_access", "openid", "organization", "phone",
        "profile", "role_list", "roles", "saml_organization", "service_account", "web-origins",
    ]

    /// The clients of an export: a realm, an array of realms or of clients, or one of them a line.
    static func entries(in values: [JSONDocument]) throws(UnreadableExport) -> [ImportEntry] {
        var entries: [ImportEntry] = []
        for value in values {
            let parts = if case .array(let values) = value { values } else { [value] }
            for part in parts {
                guard let members = ExportMembers(part) else {
                    throw UnreadableExport(reason: "the input holds no realm and no client of Keycloak")
                }
                if let clients = members.values("clients") {
                    entries += clients.map { entry($0, realm: members, number: entries.count + 1) }
                } else if members.text("realm") != nil, members.text("clientId") == nil {
                    throw UnreadableExport(reason: "the realm was exported without its clients")
                } else {
                    entries.append(entry(part, realm: nil, number: entries.count + 1))
                }
            }
        }
        return entries
    }

    private static func entry(_ value: JSONDocument, realm: ExportMembers?, number: Int) -> ImportEntry {
        guard let members = ExportMembers(value), let id = members.text("clientId") else {
            let reason = "it is not a client of Keycloak: no clientId"
            return ImportEntry(place: "entry \(number)", outcome: .refused(reason))
        }
        let place = "client \(id)"
        if let reason = reasonToSkip(members) { return ImportEntry(place: place, id: id, outcome: .skipped(reason)) }
        return ClientDraft.entry(of: id) { () throws(ClientDraft.Refusal) in try draft(id, members, realm) }
    }

    private static func reasonToSkip(_ members: ExportMembers) -> String? {
        if let `protocol` = members.text("protocol"), `protocol` != "openid-connect" {
            return "its protocol is \(`protocol`)"
        }
        if members.bool("bearerOnly") == true { return "it is bearer-only: it gets no tokens" }
        if members.bool("publicClient") == true { return "it is public: it has no secret" }
        if members.bool("serviceAccountsEnabled") != true {
            return "its service account, which is the client credentials grant, is off"
        }
        return nil
    }

    private static func draft(
        _ id: String,
        _ members: ExportMembers,
        _ realm: ExportMembers?
    ) throws(ClientDraft.Refusal) -> ClientDraft {
        var draft = try ClientDraft(id: id)
        let authenticator = members.text("clientAuthenticatorType") ?? "client-secret"
        guard ["client-secret", "client-jwt"].contains(authenticator) else {
            throw ClientDraft.Refusal(
                reason: "it authenticates by \(authenticator), and grantd supports client secrets and signed assertions"
            )
        }
        let attributes = members.object("attributes")
        if authenticator == "client-jwt" { try keys(of: attributes, into: &draft) }
        draft.name(members.text("name"))
        draft.active(members.bool("enabled") ?? true)
        try scope(of: members, into: &draft)
        let own = attributes?.number("access.token.lifespan").flatMap { $0 > 0 ? $0 : nil }
        draft.lifetime(own ?? realm?.number("accessTokenLifespan"))
        if authenticator == "client-secret" { secrets(of: members, attributes, into: &draft) }
        let flows = [
            ("standardFlowEnabled", "authorization_code"), ("implicitFlowEnabled", "implicit"),
            ("directAccessGrantsEnabled", "password"),
        ]
        draft.leaveOut(grants: flows.filter { members.bool($0.0) == true }.map(\.1))
        mappers(of: members, into: &draft)
        if members.bool("authorizationServicesEnabled") == true {
            draft.note("its authorization services are left out: what a token may do is its scope alone")
        }
        if attributes?.bool("dpop.bound.access.tokens") == true
            || attributes?.bool("tls.client.certificate.bound.access.tokens") == true
        {
            draft.note("its tokens were bound to a key; grantd's are bearer tokens")
        }
        return draft
    }

    /// The inline keys. A certificate is not taken for one: its key counts beyond its end.
    private static func keys(
        of attributes: ExportMembers?,
        into draft: inout ClientDraft
    ) throws(ClientDraft.Refusal) {
        guard attributes?.bool("use.jwks.url") != true, let keys = attributes?["jwks.string"], keys != .string("")
        else {
            let reason =
                attributes?.bool("use.jwks.url") == true
                ? "its keys are at its jwks.url, which grantd does not fetch: write them into jwks.string"
                : "it authenticates by a signed assertion, and the export does not contain its jwks.string"
            throw ClientDraft.Refusal(reason: reason)
        }
        try draft.keys(keys)
        try draft.assertions(signedBy: attributes?.text("token.endpoint.auth.signing.alg"))
        draft.method(.privateKeyJWT)
    }

    /// Audience mappers say which services all of its tokens are for; others would put claims into tokens.
    private static func mappers(of members: ExportMembers, into draft: inout ClientDraft) {
        var names: [String] = []
        var isAnyLeftOut = false
        for mapper in (members.values("protocolMappers") ?? []).map({ ExportMembers($0) }) {
            let settings = mapper?.object("config")
            let name = settings?.text("included.custom.audience") ?? settings?.text("included.client.audience")
            guard mapper?.text("protocolMapper") == "oidc-audience-mapper", let name,
                settings?.bool("access.token.claim") != false
            else {
                isAnyLeftOut = true
                continue
            }
            names.append(name)
        }
        draft.audiences(names, isDefault: true)
        if isAnyLeftOut {
            draft.note("its protocol mappers are left out: grantd's tokens carry no claims of the owner's")
        }
    }

    private static func scope(of members: ExportMembers, into draft: inout ClientDraft) throws(ClientDraft.Refusal) {
        let usual = (members.texts("defaultClientScopes") ?? []).filter { !ownScopes.contains($0) }
        let optional = (members.texts("optionalClientScopes") ?? []).filter { !ownScopes.contains($0) }
        try draft.scope(usual + optional)
        if !optional.isEmpty {
            draft.note(
                "its optional scopes, \(optional.joined(separator: " ")), are granted to a request without scope too"
            )
        }
    }

    /// The secret, and the one before it while that is still good.
    private static func secrets(
        of members: ExportMembers,
        _ attributes: ExportMembers?,
        into draft: inout ClientDraft
    ) {
        func time(_ name: String) -> Timestamp? {
            attributes?.number(name).flatMap { $0 > 0 ? Timestamp(seconds: $0) : nil }
        }
        switch members.text("secret") {
        case nil: draft.note("the export does not contain its secret")
        case let secret? where secret.allSatisfy({ $0 == "*" }):
            draft.note("the export hides its secret; export the realm by kc.sh export")
        case let secret? where secret.hasPrefix("${"): draft.note("its secret is in a vault, not in the export")
        case let secret?:
            draft.secret(
                secret,
                isRandom: RandomSecret.isMadeByKeycloak(secret),
                createdAt: time("client.secret.creation.time"),
                expiresAt: time("client.secret.expiration.time")
            )
        }
        if let former = attributes?.text("client.secret.rotated"),
            let end = time("client.secret.rotated.expiration.time")
        {
            draft.secret(former, isRandom: RandomSecret.isMadeByKeycloak(former), expiresAt: end)
        }
    }
}
