import GrantCore
import JOSE

/// Reads the members of a client's file, each by its type and range.
struct ClientFileParser {
    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    /// The client that the members describe.
    ///
    /// - Throws: if a member that grantd knows is of another type or out of range; the reason names it.
    var client: Client {
        get throws(ClientFile.Unusable) {
            try MemberNames.client.refuseNearMisses(in: members.keys)
            guard let id = try string("client_id").flatMap(ClientID.init) else { throw wrong("client_id", "an id") }
            var client = Client(id: id)
            client.name = try string("client_name")
            client.grantTypes = try grantTypes()
            guard let scope = Scope(try string("scope") ?? "") else {
                throw wrong("scope", "words split by single spaces")
            }
            guard scope.description.utf8.count <= Client.longestScope else {
                throw wrong("scope", "at most \(Client.longestScope) bytes")
            }
            client.scope = scope
            client.scopePolicy = try scopePolicy()
            client.authenticationMethod = try authenticationMethod()
            client.secrets = try secrets()
            client.accessTokenLifetime = try lifetime()
            client.isActive = try bool("active") ?? true
            client.generation = try generation()
            client.notBefore = try time("not_before", in: members)
            client.mayIntrospect = try bool("introspect") ?? false
            client.audiences = try audience("audiences")
            client.defaultAudience = try audience("default_audience")
            if let name = client.audiences.firstName(lackingFrom: client.defaultAudience) {
                throw ClientFile.Unusable(reason: "its audiences do not have \(name), which its default_audience names")
            }
            client.tokenFormat = try tokenFormat()
            client.keys = try keys()
            client.assertions = try assertions()
            return client
        }
    }

    private func scopePolicy() throws(ClientFile.Unusable) -> ScopePolicy {
        guard let name = try string("scope_policy") else { return .exact }
        guard let policy = ScopePolicy(rawValue: name) else {
            throw wrong("scope_policy", ScopePolicy.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return policy
    }

    /// An audience: an array of names, or one name.
    private func audience(_ member: String) throws(ClientFile.Unusable) -> Audience {
        let wanted = """
            a name, or an array of at most \(Audience.mostNames) names, of 1 to \(Audience.longestName) visible ASCII \
            characters each and \(Audience.longest) together
            """
        var names: [String] = []
        switch members[member] {
        case nil: return .none
        case .string(let name): names = [name]
        case .array(let values):
            for value in values {
                guard case .string(let name) = value else { throw wrong(member, wanted) }
                names.append(name)
            }
        default: throw wrong(member, wanted)
        }
        guard let audience = Audience(names) else { throw wrong(member, wanted) }
        return audience
    }

    /// The client's public keys.
    ///
    /// - Throws: if one of them is private, or there is none that can be used.
    func keys() throws(ClientFile.Unusable) -> JWKSet? {
        guard let value = members["jwks"] else { return nil }
        let set: JWKSet
        do throws(JWKSet.Fault) { set = try JWKSet(value.document) } catch {
            throw ClientFile.Unusable(reason: "its jwks \(error)")
        }
        guard !set.keys.isEmpty else {
            let reason = set.skipped.first.map { ": \($0)" } ?? ""
            throw ClientFile.Unusable(reason: "its jwks has no key that can be used\(reason)")
        }
        return set
    }

    private func assertions() throws(ClientFile.Unusable) -> AssertionPolicy {
        var policy = AssertionPolicy()
        if let name = try string("token_endpoint_auth_signing_alg") {
            guard let algorithm = Algorithm(rawValue: name) else {
                let names = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong("token_endpoint_auth_signing_alg", "one of \(names)")
            }
            policy.algorithm = algorithm
        }
        if let text = try string("token_endpoint_auth_aud") {
            guard text == "issuer" else { throw wrong("token_endpoint_auth_aud", "issuer") }
            policy.areForIssuerOnly = true
        }
        if let value = members["assertion_lifetime"] {
            guard case .integer(let seconds) = value, AssertionPolicy.lifetimes.contains(Int(clamping: seconds)) else {
                throw wrong(
                    "assertion_lifetime",
                    "a number of seconds from 1 to \(AssertionPolicy.lifetimes.upperBound)"
                )
            }
            policy.longestLifetime = Int(seconds)
        }
        return policy
    }

    private func tokenFormat() throws(ClientFile.Unusable) -> AccessTokenFormat? {
        guard let name = try string("access_token_format") else { return nil }
        guard let format = AccessTokenFormat(rawValue: name) else {
            throw wrong("access_token_format", AccessTokenFormat.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return format
    }

    private func grantTypes() throws(ClientFile.Unusable) -> [String] {
        guard let value = members["grant_types"] else { return [GrantType.clientCredentials] }
        guard case .array(let values) = value else { throw wrong("grant_types", "an array of strings") }
        var names: [String] = []
        for value in values {
            guard case .string(let name) = value else { throw wrong("grant_types", "an array of strings") }
            names.append(name)
        }
        return names
    }

    private func authenticationMethod() throws(ClientFile.Unusable) -> ClientAuthenticationMethod? {
        guard let name = try string("token_endpoint_auth_method") else { return nil }
        guard let method = ClientAuthenticationMethod(rawValue: name) else {
            let names = ClientAuthenticationMethod.allCases.map(\.rawValue).joined(separator: " or ")
            throw wrong("token_endpoint_auth_method", names)
        }
        return method
    }

    private func lifetime() throws(ClientFile.Unusable) -> Int? {
        guard let value = members["access_token_lifetime"] else { return nil }
        guard case .integer(let seconds) = value, Client.lifetimes.contains(Int(clamping: seconds)) else {
            throw wrong("access_token_lifetime", "a number of seconds from 1 to \(Client.lifetimes.upperBound)")
        }
        return Int(seconds)
    }

    private func generation() throws(ClientFile.Unusable) -> Generation? {
        guard let text = try string("generation") else { return nil }
        guard let generation = Generation(text) else {
            throw wrong("generation", "1 to 64 letters, digits, _ and -")
        }
        return generation
    }

    private func secrets() throws(ClientFile.Unusable) -> [StoredSecret] {
        guard let value = members["secrets"] else { return [] }
        guard case .array(let values) = value else { throw wrong("secrets", "an array of objects") }
        var secrets: [StoredSecret] = []
        for value in values {
            if case .object(let secret) = value { try MemberNames.secret.refuseNearMisses(in: secret.keys) }
            guard case .object(let secret) = value, case .string(let text)? = secret["hash"] else {
                throw wrong("secrets", "an array of objects, each with a hash")
            }
            let hash: SecretHash
            do {
                hash = try SecretHash(text)
            } catch {
                throw ClientFile.Unusable(reason: "a hash in its secrets \(error.reason)")
            }
            secrets.append(
                StoredSecret(
                    hash: hash,
                    createdAt: try time("created_at", in: secret),
                    expiresAt: try time("expires_at", in: secret)
                )
            )
        }
        return secrets
    }

    private func string(_ name: String) throws(ClientFile.Unusable) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else { throw wrong(name, "a string") }
        return text
    }

    private func bool(_ name: String) throws(ClientFile.Unusable) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .bool(let flag) = value else { throw wrong(name, "true or false") }
        return flag
    }

    private func time(
        _ name: String,
        in members: [String: JSONValue]
    ) throws(ClientFile.Unusable) -> Timestamp? {
        guard let value = members[name] else { return nil }
        guard let time = value.timestamp else { throw wrong(name, "seconds since 1970") }
        return time
    }

    private func wrong(_ name: String, _ wanted: String) -> ClientFile.Unusable {
        ClientFile.Unusable(reason: "its \(name) is not \(wanted)")
    }
}
