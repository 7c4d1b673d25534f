import Encoding
import GrantCore

/// A client of Ory Hydra, as its API lists it or as a row of its table `hydra_client`.
enum HydraClient {
    /// The clients of an export: an array, `{"items":[…]}` as `hydra list clients --format json` prints it, or one a line.
    static func entries(in values: [JSONDocument]) -> [ImportEntry] {
        ExportDocument.items(of: values) { $0.values("items") }.enumerated().map { entry($1, number: $0 + 1) }
    }

    private static func entry(_ value: JSONDocument, number: Int) -> ImportEntry {
        // The table calls the id `id`, as old releases' API does.
        guard let members = ExportMembers(value), let id = members.text("client_id") ?? members.text("id") else {
            return ImportEntry(place: "entry \(number)", outcome: .refused("it is not a client of Hydra: no client_id"))
        }
        let place = "client \(id)"
        guard grantTypes(of: members).contains(GrantType.clientCredentials) else {
            return ImportEntry(place: place, id: id, outcome: .skipped("it has no client_credentials grant"))
        }
        return ClientDraft.entry(of: id) { () throws(ClientDraft.Refusal) in try draft(id, members) }
    }

    private static func draft(_ id: String, _ members: ExportMembers) throws(ClientDraft.Refusal) -> ClientDraft {
        var draft = try ClientDraft(id: id)
        // Hydra's own default.
        let method = members.text("token_endpoint_auth_method") ?? "client_secret_basic"
        guard let known = ClientAuthenticationMethod(rawValue: method) else {
            throw ClientDraft.Refusal(
                reason: "it authenticates by \(method), and grantd supports client secrets and private_key_jwt"
            )
        }
        draft.method(known)
        draft.name(members.text("client_name"))
        try draft.scope((members.text("scope") ?? "").split(separator: " ").map(String.init))
        lifetime(of: members, into: &draft)
        if known == .privateKeyJWT {
            try keys(of: members, into: &draft)
        } else {
            secret(of: members, into: &draft)
        }
        draft.audiences(list(members, "audience"))
        if members.text("access_token_strategy") == "jwt" { draft.noteSignedTokens() }
        draft.leaveOut(grants: grantTypes(of: members))
        return draft
    }

    private static func keys(
        of members: ExportMembers,
        into draft: inout ClientDraft
    ) throws(ClientDraft.Refusal) {
        guard let keys = members["jwks"], keys != .null, keys != .string("") else {
            let uri = members.text("jwks_uri")
            throw ClientDraft.Refusal(
                reason: uri == nil
                    ? "it authenticates by private_key_jwt, and the export does not contain its jwks"
                    : "its keys are at its jwks_uri, which grantd does not fetch: write them into its jwks"
            )
        }
        try draft.keys(keys)
        try draft.assertions(signedBy: members.text("token_endpoint_auth_signing_alg"))
    }

    private static func secret(of members: ExportMembers, into draft: inout ClientDraft) {
        let end = members.number("client_secret_expires_at").flatMap { $0 > 0 ? Timestamp(seconds: $0) : nil }
        guard let secret = members.text("client_secret") else {
            return draft.note("the export does not contain its secret")
        }
        if secret.hasPrefix("$pbkdf2-") {
            draft.note("its secret is hashed by PBKDF2, which grantd does not use")
        } else if secret.hasPrefix("$") {
            draft.hash(secret, expiresAt: end)
        } else {
            draft.secret(secret, expiresAt: end)
        }
    }

    /// Without a list Hydra grants authorization codes alone.
    private static func grantTypes(of members: ExportMembers) -> [String] { list(members, "grant_types") }

    /// An array, or the text of one, as columns of the table are: JSON, or words with bars between them.
    private static func list(_ members: ExportMembers, _ name: String) -> [String] {
        guard case .string(let text)? = members[name] else { return members.texts(name) ?? [] }
        if case .array(let values)? = try? JSONDocument(Array(text.utf8)) {
            return values.compactMap { value in if case .string(let text) = value { text } else { nil } }
        }
        return text.split(separator: "|").map(String.init)
    }

    /// The API writes a duration as Go does, `1h0m0s`, the table nanoseconds.
    private static func lifetime(of members: ExportMembers, into draft: inout ClientDraft) {
        let name = "client_credentials_grant_access_token_lifespan"
        if let nanoseconds = members.number(name) {
            if nanoseconds != 0 { draft.lifetime(nanoseconds / 1_000_000_000) }
        } else if let text = members.text(name) {
            guard let seconds = GoDuration.seconds(text) else {
                return draft.note("its tokens' lifetime was left out: \(text) is not a duration")
            }
            if seconds != 0 { draft.lifetime(seconds) }
        }
    }
}
