import Encoding
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
        let signs = settings?.texts("client_assertion_types")?.isEmpty == false
        if signs, let keys = members["jwks"], keys != .null {
            try draft.keys(keys)
            if members.text("secret") == nil { draft.method(.privateKeyJWT) }
        } else if signs, members.text("secret") == nil {
            throw ClientDraft.Refusal(
                reason: members.text("jwks_uri") == nil
                    ? "it authenticates by a signed assertion, and the export does not contain its jwks"
                    : "its keys are at its jwks_uri, which grantd does not fetch: write them into its jwks"
            )
        }
        draft.name(members.text("name"))
        draft.active(members.bool("active") ?? true)
        try draft.scope((members.texts("scope") ?? []).flatMap { $0.split(separator: " ") }.map(String.init))
        draft.lifetime(settings?.number("access_token_expiration"))
        if let secret = members.text("secret") {
            if (try? SecretHash(secret)) != nil { draft.hash(secret) } else { draft.secret(secret) }
        } else if !signs {
            draft.note("the export does not contain its secret")
        }
        if settings?.text("token_format") == "jwt" { draft.noteSignedTokens() }
        draft.audiences(settings?.texts("audience") ?? [], isDefault: true)
        if settings?.bool("refresh_token") == true {
            draft.note("it got refresh tokens; with grantd it asks for another token")
        }
        draft.leaveOut(grants: members.texts("grant_types") ?? [])
        return draft
    }
}
