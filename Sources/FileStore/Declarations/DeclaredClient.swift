package import GrantCore

/// A client as a configuration manager declares it: a client's file, in which what operators change may be left out.
///
/// What the declaration says holds, and what it does not say is the default of a client's file, except for `secrets`,
/// `active`, `generation` and `not_before`: if these are missing they stay as they are, so that a declaration neither
/// holds secrets if it need not, nor undoes an operator's `rotate`, `disable` or `revoke-tokens`. Members that grantd does
/// not know stay too.
package struct DeclaredClient {
    private let file: ClientFile

    /// Parses a declaration by the rules of a client's file.
    package init(_ bytes: [UInt8]) throws(ClientFile.Unusable) {
        file = try ClientFile(bytes)
    }

    /// Which client it is.
    package var id: ClientID { file.client.id }

    /// Whether it says what the secrets are, even an empty list.
    package var declaresSecrets: Bool { file.members["secrets"] != nil }

    /// Whether the client can authenticate by a key that the declaration has, and so needs no secret.
    package var hasUsableKey: Bool { file.client.hasUsableKey }

    /// Whether it says if the client is active.
    package var declaresActive: Bool { file.members["active"] != nil }

    /// What the client's registration becomes.
    ///
    /// - Parameters:
    ///   - present: the registration that there is; nil if there is none.
    ///   - generated: the hash of the secret that a new client gets whose declaration says nothing of secrets.
    ///   - generation: a new client's, unless the declaration names one.
    package func applied(
        to present: ClientFile?,
        generated: SecretHash? = nil,
        generation: Generation,
        at now: Timestamp
    ) -> ClientFile {
        var client = file.client
        if let present {
            let known = present.client
            if !declaresSecrets { client.secrets = known.secrets }
            if !declaresActive { client.isActive = known.isActive }
            client.generation = client.generation ?? known.generation
            client.notBefore = client.notBefore ?? known.notBefore
        } else {
            if !declaresSecrets { client.secrets = generated.map { [StoredSecret(hash: $0, createdAt: now)] } ?? [] }
            // An earlier client of this id may have had the declared generation: its tokens are not this one's.
            if client.generation != nil { client.notBefore = client.notBefore ?? now }
            client.generation = client.generation ?? generation
        }
        for index in client.secrets.indices where client.secrets[index].createdAt == nil {
            let hash = client.secrets[index].hash
            let known = present?.client.secrets.first { $0.hash == hash }
            // One that was there without a time stays so.
            client.secrets[index].createdAt = known.map(\.createdAt) ?? now
        }
        var members = (present?.members ?? [:]).merging(file.members) { _, declared in declared }
        members["secrets"] = .array(secretMembers(beside: present))
        return ClientFile(client, beside: members)
    }

    /// The secrets' members as they were, and with what the declaration has of them.
    private func secretMembers(beside present: ClientFile?) -> [JSONValue] {
        let known = present?.secretMembers ?? [:]
        let declared = file.secretMembers
        return known.merging(declared) { known, declared in known.merging(declared) { _, declared in declared } }
            .values.map(JSONValue.object)
    }
}

extension ClientFile {
    /// The members of each secret, by its hash; of two with one hash those of the last.
    var secretMembers: [SecretHash: [String: JSONValue]] {
        guard case .array(let secrets)? = members["secrets"] else { return [:] }
        var found: [SecretHash: [String: JSONValue]] = [:]
        for case .object(let secret) in secrets {
            guard case .string(let text)? = secret["hash"], let hash = try? SecretHash(text) else { continue }
            found[hash] = secret
        }
        return found
    }
}
