import Encoding

/// The names that members of a client's file may have, and those that were probably meant to be one of them.
///
/// A misspelt `active` or `secrets` must not pass for a member that grantd does not know: it disables the client.
struct MemberNames {
    /// What grantd reads.
    private let known: Set<String>
    /// What stands for something else, however close it is to a known name (RFC 7591 §2, RFC 8705, OpenID registration).
    private let foreign: Set<String>
    /// Other words for what grantd reads.
    private let synonyms: [String: String]

    /// The members of the file.
    static let client = MemberNames(
        known: [
            "client_id", "client_name", "grant_types", "scope", "token_endpoint_auth_method", "secrets",
            "access_token_lifetime", "active", "generation", "not_before", "introspect", "audiences",
            "default_audience",
            "access_token_format", "jwks", "token_endpoint_auth_signing_alg", "token_endpoint_auth_aud",
            "assertion_lifetime", "scope_policy",
        ],
        foreign: [
            "redirect_uris", "response_types", "client_uri", "logo_uri", "contacts", "tos_uri", "policy_uri",
            "jwks_uri", "audience",
            "software_id", "software_version", "software_statement", "client_id_issued_at", "client_secret_expires_at",
        ],
        synonyms: [
            "enabled": "active", "enable": "active", "disabled": "active", "disable": "active", "isactive": "active",
            "isenabled": "active", "inactive": "active", "revoked": "active", "blocked": "active",
            "lifetime": "access_token_lifetime", "tokenlifetime": "access_token_lifetime",
            "expiresin": "access_token_lifetime", "ttl": "access_token_lifetime",
            "accesstokenttl": "access_token_lifetime", "clientsecret": "secrets", "secrethash": "secrets",
            "clientsecrethash": "secrets", "clientsecrets": "secrets", "allowedscopes": "scope", "clientscope": "scope",
            "authmethod": "token_endpoint_auth_method", "tokenauthmethod": "token_endpoint_auth_method",
            "nbf": "not_before", "canintrospect": "introspect", "mayintrospect": "introspect",
            "introspection": "introspect", "tokenformat": "access_token_format",
            "allowedaudiences": "audiences", "defaultaudiences": "default_audience",
        ]
    )

    /// The members of one of its secrets.
    static let secret = MemberNames(
        known: ["hash", "created_at", "expires_at"],
        foreign: [],
        synonyms: [
            "expires": "expires_at", "expiry": "expires_at", "exp": "expires_at", "end": "expires_at",
            "ends": "expires_at", "endsat": "expires_at", "validuntil": "expires_at", "expiresin": "expires_at",
            "notafter": "expires_at", "secret": "hash", "value": "hash", "secrethash": "hash", "created": "created_at",
        ]
    )

    /// Those that are not known, sorted.
    func unknown(in names: some Sequence<String>) -> [String] {
        names.filter { !known.contains($0) }.sorted()
    }

    /// Throws where a name is not known and resembles one that is; the reason names both.
    func refuseNearMisses(in names: some Sequence<String>) throws(ClientFile.Unusable) {
        for name in unknown(in: names) where !foreign.contains(name) {
            guard let meant = meant(by: name) else { continue }
            throw ClientFile.Unusable(reason: "its member \(name.printable) is not known; \(meant) may be meant")
        }
    }

    private func meant(by name: String) -> String? {
        // Longer ones are unlike any.
        guard name.utf8.count <= 40 else { return nil }
        let plain = Self.plain(name)
        if let word = synonyms[plain] { return word }
        return known.sorted().first { candidate in
            let other = Self.plain(candidate)
            return Self.distance(plain, other) <= (other.count < 8 ? 1 : 2)
        }
    }

    /// The name in small letters and digits alone.
    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// How many letters have to be put in, left out, replaced or swapped with the next to make one word of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left), right = Array(right)
        guard abs(left.count - right.count) <= 2 else { return .max }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(last[column + 1] + 1, next[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            (before, last) = (last, next)
        }
        return last[right.count]
    }
}
