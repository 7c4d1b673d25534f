import Encoding
package import GrantCore
import JOSE

/// What an administrator should know of a client whose file can be used.
package struct ClientExamination: Sendable, Equatable {
    /// What keeps the client from working, a sentence each.
    package let problems: [String]
    /// What may be a mistake, or will keep the client from working soon.
    package let notices: [String]

    /// Looks at a client's file.
    package init(_ file: ClientFile, at now: Timestamp) {
        let client = file.client
        var problems: [String] = []
        var notices = file.unknownMembers.map {
            "has a member that grantd does not know: \($0.printable); grantd-client(5) lists those it reads"
        }
        notices += client.keys?.skipped.map { "has a key in its jwks that is not used: \($0)" } ?? []
        if client.isActive, !client.hasUsableKey {
            if client.authenticationMethod == .privateKeyJWT {
                problems.append(Self.problem(ofKeys: client))
            } else if client.secrets.isEmpty {
                problems.append("has no secret: it cannot authenticate; grantctl client rotate makes one")
            } else if !client.secrets.contains(where: { $0.isCurrent(at: now) }) {
                problems.append(
                    "has only secrets that have expired: it cannot authenticate; grantctl client rotate makes one"
                )
            } else if let end = Self.lastEnd(of: client, at: now), end.seconds - now.seconds < Self.notice {
                notices.append("has only secrets that expire, the last one at \(UTCTime(end)): rotate it before")
            }
        }
        if client.tokenFormat == .jwt, client.defaultAudience.isEmpty {
            if client.audiences.isEmpty {
                problems.append(
                    "gets signed tokens and has no audiences: it gets no token, since a signed one names its audience"
                )
            } else {
                notices.append(
                    "gets signed tokens and has no default_audience: a request that names no audience is refused"
                )
            }
        }
        if let notBefore = client.notBefore, now < notBefore {
            problems.append("has a not_before in the future: it gets no token before \(UTCTime(notBefore))")
        }
        self.problems = problems
        self.notices = notices
    }

    /// What keeps a client that has to sign assertions from authenticating.
    private static func problem(ofKeys client: Client) -> String {
        client.keys == nil
            ? "has private_key_jwt and no jwks: it cannot authenticate; grantctl client set --jwks gives it its public keys"
            : "has no key for its token_endpoint_auth_signing_alg: it cannot authenticate"
    }

    /// How long before its last secret expires a client is reported, in seconds.
    private static let notice: Int64 = 14 * 86400

    /// When the last of a client's current secrets expires; nil if one does not.
    private static func lastEnd(of client: Client, at now: Timestamp) -> Timestamp? {
        var ends: [Timestamp] = []
        for secret in client.secrets where secret.isCurrent(at: now) {
            guard let end = secret.expiresAt else { return nil }
            ends.append(end)
        }
        return ends.max()
    }
}
