import Encoding
import GrantCore
import JOSE

/// In what two registrations of a client differ, member by member; never with a hash, a whole key, nor a value that grantd
/// does not know.
package enum ClientDifference: Sendable, Equatable {
    /// A member of grantd's own, as JSON text; nil if it is not there.
    case value(member: String, from: String?, to: String?)
    /// A member that grantd does not know.
    case unknown(member: String)
    /// Secrets, by their short names.
    case secrets(added: [String], removed: [String], changed: [String])
    /// Public keys, by their `kid`, or their thumbprint if they have none.
    case keys(added: [String], removed: [String])

    /// All differences, in the order of grantd-client(5).
    ///
    /// - Parameter old: what there is; nil if there is nothing, so that all members of the new one are told.
    package static func all(from old: ClientFile?, to new: ClientFile) -> [ClientDifference] {
        let before = old.map { values(of: $0.client) } ?? [:]
        let after = values(of: new.client)
        var found: [ClientDifference] = []
        for member in order where before[member] != after[member] {
            found.append(.value(member: member, from: before[member]?.text, to: after[member]?.text))
        }
        if let secrets = secrets(from: old, to: new) { found.append(secrets) }
        if let keys = keys(from: old?.client.keys, to: new.client.keys) { found.append(keys) }
        let unknown = Set((old?.unknownMembers ?? []) + new.unknownMembers).sorted()
        for member in unknown where old?.members[member] != new.members[member] {
            found.append(.unknown(member: member))
        }
        return found
    }

    /// What the audit says of a change of a client that there is.
    package static func kinds(of differences: [ClientDifference]) -> [ClientChange] {
        var kinds: [ClientChange] = []
        for difference in differences {
            let kind = difference.kind
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }

    private var kind: ClientChange {
        switch self {
        case .secrets(let added, _, let changed): added.isEmpty && changed.isEmpty ? .endSecret : .rotate
        case .keys(let added, _): added.isEmpty ? .endSecret : .rotate
        case .unknown: .other
        case .value("active", _, let to): to == "true" ? .enable : .disable
        case .value("not_before", let from, let to): Self.isLater(to, than: from) ? .revokeTokens : .other
        case .value("scope", let from?, let to): Self.isNarrower(to, than: from) ? .restrict : .other
        case .value("introspect", _, to: nil): .restrict
        case .value("audiences", let from?, let to): Self.isPart(to, of: from) ? .restrict : .other
        // Assertions that were good by the usual rules are refused by these.
        case .value("token_endpoint_auth_aud", from: nil, _): .restrict
        case .value("token_endpoint_auth_signing_alg", from: nil, _): .restrict
        // A declared generation may be one that old tokens have: they would become active again.
        case .value: .other
        }
    }

    /// Whether a change of `not_before` only ends tokens, and makes none active again.
    private static func isLater(_ new: String?, than old: String?) -> Bool {
        guard let new = new.flatMap({ Double($0) }) else { return false }
        return old.map { old in Double(old).map { $0 < new } ?? false } ?? true
    }

    /// Whether a scope has no word that another lacks. The words of either have nothing that JSON escapes.
    private static func isNarrower(_ new: String?, than old: String) -> Bool {
        guard let old = Scope(String(old.dropFirst().dropLast())) else { return false }
        guard let new else { return true }
        return Scope(String(new.dropFirst().dropLast())).map(old.contains) ?? false
    }

    /// Whether a list of names has none that another lacks.
    private static func isPart(_ new: String?, of old: String) -> Bool {
        guard let new else { return true }
        guard let names = Self.names(in: new), let known = Self.names(in: old) else { return false }
        return known.isSuperset(of: names)
    }

    /// The names in an array as JSON text.
    private static func names(in text: String) -> Set<String>? {
        guard case .array(let values)? = try? JSONDocument(Array(text.utf8)) else { return nil }
        return Set(values.compactMap { if case .string(let name) = $0 { name } else { nil } })
    }

    private static let order = [
        "client_name", "grant_types", "scope", "scope_policy", "token_endpoint_auth_method", "access_token_lifetime",
        "active",
        "generation", "not_before", "introspect", "audiences", "default_audience", "access_token_format",
        "token_endpoint_auth_signing_alg", "token_endpoint_auth_aud", "assertion_lifetime",
    ]

    private static func values(of client: Client) -> [String: JSONValue] {
        var values: [String: JSONValue] = [
            "grant_types": .array(client.grantTypes.map(JSONValue.string)),
            "active": .bool(client.isActive),
        ]
        values["client_name"] = client.name.map(JSONValue.string)
        values["scope"] = client.scope.isEmpty ? nil : .string(client.scope.description)
        values["scope_policy"] = client.scopePolicy == .exact ? nil : .string(client.scopePolicy.rawValue)
        values["token_endpoint_auth_method"] = client.authenticationMethod.map { .string($0.rawValue) }
        values["access_token_lifetime"] = client.accessTokenLifetime.map { .integer(Int64($0)) }
        values["generation"] = client.generation.map { .string($0.value) }
        values["not_before"] = client.notBefore.map(JSONValue.init)
        values["introspect"] = client.mayIntrospect ? .bool(true) : nil
        values["audiences"] = names(client.audiences)
        values["default_audience"] = names(client.defaultAudience)
        values["access_token_format"] = client.tokenFormat.map { .string($0.rawValue) }
        let assertions = client.assertions
        values["token_endpoint_auth_signing_alg"] = assertions.algorithm.map { .string($0.rawValue) }
        values["token_endpoint_auth_aud"] = assertions.areForIssuerOnly ? .string("issuer") : nil
        let hasOwnLifetime = assertions.longestLifetime != AssertionPolicy.defaultLifetime
        values["assertion_lifetime"] = hasOwnLifetime ? .integer(Int64(assertions.longestLifetime)) : nil
        return values
    }

    private static func names(_ audience: Audience) -> JSONValue? {
        audience.isEmpty ? nil : .array(audience.names.map(JSONValue.string))
    }

    /// Which usable keys came and went. One that has changed has done both.
    private static func keys(from old: JWKSet?, to new: JWKSet?) -> ClientDifference? {
        let (before, after) = (old?.keys ?? [], new?.keys ?? [])
        let added = after.filter { !before.contains($0) }.map(\.name)
        let removed = before.filter { !after.contains($0) }.map(\.name)
        return added.isEmpty && removed.isEmpty ? nil : .keys(added: added, removed: removed)
    }

    private static func secrets(from old: ClientFile?, to new: ClientFile) -> ClientDifference? {
        let before = old?.secretMembers ?? [:]
        let after = new.secretMembers
        func names(_ hashes: some Sequence<SecretHash>) -> [String] { hashes.map(\.shortID).sorted() }
        let added = names(after.keys.filter { before[$0] == nil })
        let removed = names(before.keys.filter { after[$0] == nil })
        let changed = names(
            after.filter { hash, members in before[hash].map { isOther(members, than: $0) } ?? false }.keys
        )
        return added.isEmpty && removed.isEmpty && changed.isEmpty
            ? nil : .secrets(added: added, removed: removed, changed: changed)
    }

    /// Whether two members of one hash differ: the hash may be written in other letters.
    private static func isOther(_ left: [String: JSONValue], than right: [String: JSONValue]) -> Bool {
        var left = left, right = right
        left["hash"] = nil
        right["hash"] = nil
        return left != right
    }
}

extension PublicKey {
    /// Its `kid`; its thumbprint if it has none (RFC 7638).
    package var name: String { keyID ?? parameters.thumbprint }
}

extension JSONValue {
    /// The value as JSON.
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): JSONObject.quoted(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object: "{}"
        }
    }
}
