import GrantCore

/// A client of Aidbox, as its API returns a `Client` resource in JSON.
enum AidboxClient {
    /// The clients of an export: a Bundle, an array, or one resource a line.
    static func entries(in values: [JSONDocument]) -> [ImportEntry] {
        let resources = ExportDocument.items(of: values) { members in
            guard members.text("resourceType") == "Bundle" else { return nil }
            return (members.values("entry") ?? []).map { ExportMembers($0)?["resource"] ?? .null }
        }
        return resources.enumerated().map { entry($1, number: $0 + 1) }
    }

    private static func entry(_ value: JSONDocument, number: Int) -> ImportEntry {
        guard let members = ExportMembers(value), let id = members.text("id") else {
            return ImportEntry(place: "entry \(number)", outcome: .refused("it is not a resource of Aidbox: no id"))
        }
        let place = "client \(id)"
        if let kind = members.text("resourceType"), kind != "Client" {
            return ImportEntry(place: "\(kind) \(id)", id: id, outcome: .skipped("its resourceType is \(kind)"))
        }
        guard members.texts("grant_types")?.contains(GrantType.clientCredentials) == true else {
            let names = (members.texts("grant_types") ?? []).joined(separator: ", ")
            let reason = "it has no client_credentials grant" + (names.isEmpty ? "" : ", but \(names)")
            return ImportEntry(place: place, id: id, outcome: .skipped(reason))
        }
        return ClientDraft.entry(of: id) { () throws(ClientDraft.Refusal) in try draft(id, members) }
    }

    private static func draft(_ id: String, _ members: ExportMembers) throws(ClientDraft.Refusal) -> ClientDraft {
        var draft = try ClientDraft(id: id)
        let settings = members.object("auth")?.object("client_credentials")
        if members.text("secret") == nil, settings?.texts("client_assertion_types")?.isEmpty == false {
            throw ClientDraft.Refusal(
                reason: "it authenticates by a signed assertion, and grantd only supports client secrets"
            )
        }
        draft.name(members.text("name"))
        draft.active(members.bool("active") ?? true)
        try draft.scope((members.texts("scope") ?? []).flatMap { $0.split(separator: " ") }.map(String.init))
        draft.lifetime(settings?.number("access_token_expiration"))
        if let secret = members.text("secret") {
            if (try? SecretHash(secret)) != nil { draft.hash(secret) } else { draft.secret(secret) }
        } else {
            draft.note("the export does not contain its secret")
        }
        if settings?.text("token_format") == "jwt" {
            draft.note("its tokens were JWTs; grantd's are opaque, and an application has to introspect them")
        }
        if settings?["audience"] ?? .null != .null {
            draft.note("its audience is left out: grantd's tokens have no audience")
        }
        if settings?.bool("refresh_token") == true {
            draft.note("it got refresh tokens; with grantd it asks for another token")
        }
        draft.leaveOut(grants: members.texts("grant_types") ?? [])
        return draft
    }
}
