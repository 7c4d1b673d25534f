import Encoding
import FileStore
import GrantCore
import Remedies

/// Why a token is not active, as `grantctl token inspect` says it.
struct InactiveToken: Equatable {
    /// The reason in one word, which does not change.
    let reason: Reason
    /// The reason in one sentence or two, for people.
    let sentence: String

    /// The reasons, by names that programs may rely on.
    enum Reason: String {
        case malformed
        case looksLikeJWT = "looks_like_jwt"
        case looksLikeClientSecret = "looks_like_client_secret"
        case cutShort = "cut_short"
        case tooLong = "too_long"
        case foreign
        case expired
        case revoked
        case recordMissing = "record_missing"
        case expiredOrRevoked = "expired_or_revoked"
        case clientDisabled = "client_disabled"
        case clientRemoved = "client_removed"
        case clientUnusable = "client_unusable"
        case clientTokensRevoked = "client_tokens_revoked"
        case issuedBeforeNotBefore = "issued_before_not_before"
        case unknown
    }
}

extension InactiveToken {
    /// Says what is wrong with a text that does not have a token's form; nil for one that has it.
    init?(formOf text: String) {
        let count = text.unicodeScalars.count
        let length = AccessToken.issuedLength
        let lettersAreRight = text.utf8.allSatisfy(Base64.urlAlphabet.contains)
        if text.isJWT {
            self.init(
                .looksLikeJWT,
                """
                It looks like a JWT that is not a token of grantd's: the claims of those begin with a jti of \
                \(length) characters. It is of another authorization server, or an assertion or an ID token. Get a token of \
                grantd's: grantctl token request URL --client ID
                """
            )
        } else if !lettersAreRight {
            self.init(
                .malformed,
                "It is not a token: it has characters other than letters, digits, - and _. A token has \(length) of these."
            )
        } else if count == NewSecret.generatedLength {
            self.init(
                .looksLikeClientSecret,
                """
                It has \(count) characters, as a client's secret has; a token has \(length). Get a token with the secret: \
                grantctl token request URL --client ID
                """
            )
        } else if count < length {
            self.init(
                .cutShort,
                "It has \(count) \(count == 1 ? "character" : "characters"); a token has \(length). It may have been cut short."
            )
        } else if count > length {
            self.init(.tooLong, "It has \(count) characters; a token has \(length). Something may be attached to it.")
        } else {
            return nil
        }
    }

    /// Says why a store does not find a token.
    ///
    /// - Parameter place: where the tokens are that were looked through.
    init(_ absence: TokenAbsence, in place: String) {
        switch absence {
        case .foreign:
            self.init(
                .foreign,
                """
                It has the form of a token, but was not issued from \(place): another server, another state directory or \
                a replaced key issued it. Ask there, or get a new one: grantctl token request URL --client ID
                """
            )
        case .expired(let time, let record):
            let issue = record.map {
                "It was issued to client \($0.grant.clientID.value) at \($0.issuedAt.text), and it"
            }
            self.init(
                .expired,
                "\(issue ?? "It") expired at \(record == nil ? "or before " : "")\(time.text). Get a new one."
            )
        case .revoked(let record):
            let issue = record.map { " It was issued to client \($0.grant.clientID.value) at \($0.issuedAt.text)." }
            self.init(.revoked, "It was revoked.\(issue ?? "")")
        case .missing:
            self.init(
                .recordMissing,
                """
                It was issued with this server's key and has not expired, but \(place) has no record of it: a file of \
                tokens was deleted, replaced by an older copy, or damaged by a power cut.
                """
            )
        case .gone:
            self.init(.expiredOrRevoked, "It was issued with this server's key, and has expired or was revoked since.")
        }
    }

    private init(_ reason: Reason, _ sentence: String) {
        self.init(reason: reason, sentence: sentence)
    }
}

extension InactiveToken {
    /// Looks for the reason why a token is not active.
    static func reason(of text: String, in site: Site, at now: Timestamp) async throws -> InactiveToken {
        guard let token = AccessToken(text) else {
            return InactiveToken(formOf: text) ?? InactiveToken(.malformed, "It is not a token.")
        }
        if let absence = try await site.diagnosis.absence(of: token, at: now) {
            if case .missing = absence, token.isSigned { return .changedOrMissing(in: site.place) }
            if case .foreign = absence, !token.isSigned, let form = InactiveToken(formOf: text) { return form }
            return InactiveToken(absence, in: site.place)
        }
        guard let record = try await site.tokens.find(token, at: now) else { return .changing }
        return try await reason(of: record, in: site) ?? .changing
    }

    /// A signed token by whose jti there is no record of these very bytes.
    private static func changedOrMissing(in place: String) -> InactiveToken {
        InactiveToken(
            .recordMissing,
            """
            Its jti was issued with this server's key, but \(place) has no record of this very token: a character of it was \
            changed, or a file of tokens was deleted, replaced by an older copy, or damaged by a power cut.
            """
        )
    }

    /// The store changed while it was looked at.
    private static let changing = InactiveToken(.unknown, "It changed while it was looked at. Run the command again.")

    /// What makes a token that the store has inactive: its client.
    private static func reason(of record: TokenRecord, in site: Site) async throws -> InactiveToken? {
        let id = record.grant.clientID
        let issue = "It was issued to client \(id.value) at \(record.issuedAt.text)"
        let client: Client
        do throws(AdministrationError) {
            client = try await site.clients.client(id)
        } catch .notFound {
            return InactiveToken(.clientRemoved, "\(issue), and that client has been removed.")
        } catch .unusable(_, let reason) {
            return InactiveToken(.clientUnusable, "\(issue), and that client cannot be used: \(reason).")
        }
        if !client.isActive {
            return InactiveToken(
                .clientDisabled,
                "\(issue), and that client is disabled. To enable it: grantctl client enable \(ShellWord.argument(id.value))"
            )
        }
        if client.generation != record.grant.generation {
            return InactiveToken(
                .clientTokensRevoked,
                "\(issue). Since then all tokens of that client were revoked, or it was removed and created again."
            )
        }
        if let notBefore = client.notBefore, record.issuedAt < notBefore {
            return InactiveToken(
                .issuedBeforeNotBefore,
                "\(issue), and that client's file has a not_before of \(notBefore.text): earlier tokens are not active."
            )
        }
        return nil
    }
}

extension String {
    /// Whether it looks like a JSON Web Token: three or five parts of base64url, the first of which is a JSON object.
    fileprivate var isJWT: Bool {
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return [3, 5].contains(parts.count) && hasPrefix("ey")
            && utf8.allSatisfy { $0 == UInt8(ascii: ".") || Base64.urlAlphabet.contains($0) }
    }
}
