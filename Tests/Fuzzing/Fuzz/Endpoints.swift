import FoundationEssentials
import Gateway
import Linux

@testable import FileStore
@testable import GrantCore

/// The input as a request to an endpoint: a byte of options, and Content-Type, Authorization, query and body with zeros
/// between them. Small bytes in them stand for the secrets, tokens and assertions that there are, which an input would
/// hardly have otherwise, and have what stands between them signed.
///
/// Whatever comes, the answer is one that the RFCs allow, and gives only what was proved.
func endpoints(_ input: [UInt8]) {
    guard let options = input.first else { return }
    let parts = input.dropFirst().split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return }
    let site = SmallSite()
    let asked = AskedRequest(options: options, parts: parts, site: site)
    switch options & 3 {
    case 0: askForToken(asked, site)
    case 1: introspect(asked, site)
    case 2: revoke(asked, site)
    default: check(asked, site)
    }
    for (name, token) in site.tokens {
        let isRevoked = options & 3 == 2 && asked.has(token: name) && asked.proves(name)
        let isLive = (try? site.store.find(token, at: SmallSite.now)) != nil
        expect(isLive || isRevoked, "nobody else ends a token")
    }
}

private func askForToken(_ asked: AskedRequest, _ site: SmallSite) {
    let response: TokenResponse
    do {
        response = try answered { examination async throws(OAuthError) in
            try await site.token.respond(to: asked.request, in: &examination)
        }
    } catch {
        return refused(error, asked)
    }
    let grant = response.grant
    guard let client = site.clients[grant.clientID.value] else { return expect(false, "there is such a client") }
    expect(asked.proves(client.id.value), "no token without the right secret or a good assertion")
    expect(client.isActive, "no token for a client that is switched off")
    expect(client.scope.contains(grant.scope), "no more scope than the client has")
    expect(client.audiences.firstName(lackingFrom: grant.audience) == nil, "for no service that the client may not use")
    if !asked.has(secret: client.id.value) { expectRefusedAgain(asked, site) }
    let record = try? site.store.find(response.token, at: SmallSite.now)
    expect(record?.grant == grant, "the token is on record, and of what was granted")

    let answer = answer(String(decoding: response.json, as: UTF8.self), TokenAnswer.self, asked)
    expect(answer?.access_token == response.token.exposedValue, "the answer has the token")
    expect(answer?.token_type == "bearer" && answer?.expires_in == 3600, "the answer says what it is")
    expect(answer?.scope ?? "" == grant.scope.description, "the answer says the scope")
}

/// An assertion that gave a token gives no other.
private func expectRefusedAgain(_ asked: AskedRequest, _ site: SmallSite) {
    do {
        _ = try answered { examination async throws(OAuthError) in
            try await site.token.respond(to: asked.request, in: &examination)
        }
        expect(false, "an assertion is used once")
    } catch {
        guard case .invalidClient(let refusal) = error else { return expect(false, "the second time it is refused") }
        expect(refusal.reason == .usedAssertion, "because it was used")
        refused(error, asked)
    }
}

/// What an endpoint answers, which need not wait.
private func answered<Answer>(
    _ body: (inout Examination) async throws(OAuthError) -> Answer
) throws(OAuthError) -> Answer {
    try ThreadExecutor().run { () async throws(OAuthError) in
        var examination = Examination { SmallSite.now }
        return try await body(&examination)
    }
}

private func introspect(_ asked: AskedRequest, _ site: SmallSite) {
    let response: IntrospectionResponse
    do {
        response = try answered { examination async throws(OAuthError) in
            try await site.introspection.respond(to: asked.request, in: &examination)
        }
    } catch {
        return refused(error, asked)
    }
    expect(asked.provesActiveClient, "nobody asks without the right secret or a good assertion")
    let answer = answer(response.json, IntrospectionAnswer.self, asked)
    expect(answer?.active == (response.record != nil), "the answer says whether it is live")
    expect(answer?.client_id == response.record?.grant.clientID.value, "the answer says whose it is")
    guard let owner = response.record?.grant.clientID.value else { return }
    expect(asked.has(token: owner), "nobody learns of a token without it")
    expect(asked.proves(owner) || asked.proves("gateway"), "nobody learns of another's token who may not")
}

private func revoke(_ asked: AskedRequest, _ site: SmallSite) {
    do {
        let revocation = try answered { examination async throws(OAuthError) in
            try await site.revocation.respond(to: asked.request, in: &examination)
        }
        expect(asked.provesActiveClient, "nobody revokes without the right secret or a good assertion")
        let client = revocation.client.value
        expect(!revocation.wasLive || asked.has(token: client), "what was revoked is the client's own")
        let token = site.tokens.first { $0.name == client }?.token
        let isLive = token.map { (try? site.store.find($0, at: SmallSite.now)) != nil } ?? false
        expect(!revocation.wasLive || !isLive, "what was revoked is dead")
    } catch {
        refused(error, asked)
    }
}

private func check(_ asked: AskedRequest, _ site: SmallSite) {
    do {
        let record = try ThreadExecutor().run { () async throws(BearerRefusal) in
            try await site.bearer.verify(
                authorization: asked.request.authorization,
                requirement: CheckRequirement(scope: asked.request.query),
                at: SmallSite.now
            )
        }
        expect(asked.has(token: record.grant.clientID.value), "nobody passes without a live token")
        let required = Set((asked.request.query ?? "").split(separator: " "))
        let granted = Set(record.grant.scope.description.split(separator: " "))
        expect(required.isSubset(of: granted), "nobody passes without the scope")
    } catch {
        expect([401, 403].contains(error.status), "a check is denied by 401 or 403, and not \(error.status)")
        let codes = [nil, "invalid_request", "invalid_token", "insufficient_scope"]
        expect(codes.contains(error.code), "RFC 6750 §3.1 has the code")
        let challenge = error.challenge(realm: "site") ?? ""
        expect(challenge.hasPrefix("Bearer realm=\"site\""), "a denial has a challenge")
        expect(challenge.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a challenge is one line")
        expect(challenge.utf8.count { $0 == 0x22 } % 2 == 0, "each quote in a challenge has another")
        asked.expectKept(in: challenge)
        let answer = answer(error.json, DenialAnswer.self, asked)
        if case .unavailable = error { return }
        expect(answer?.error == error.code, "a denial's body has the error of its challenge, or none")
    }
}

/// The codes of RFC 6749 §5.2 with their statuses, and what there is for those that it has none for.
private let codes: [Int: [String]] = [
    400: ["invalid_request", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target"],
    401: ["invalid_client"],
    405: ["invalid_request"],
    413: ["invalid_request"],
    415: ["invalid_request"],
    429: ["temporarily_unavailable"],
]

private func refused(_ error: OAuthError, _ asked: AskedRequest) {
    expect(codes[error.status]?.contains(error.code) == true, "\(error.status) with \(error.code) is allowed")
    var isChallenged = error.status == 401
    if case .invalidClient(let refusal) = error, refusal.reason.isOfAssertion { isChallenged = false }
    expect(
        (error.challenge(realm: "site") != nil) == isChallenged,
        "a 401 has a challenge, if it is not an assertion's, and no other"
    )
    let answer = answer(error.json, ErrorAnswer.self, asked)
    expect(answer?.error == error.code, "the answer has the code")
    let isAllowed = answer?.error_description.utf8.allSatisfy { byte in
        switch byte {
        case 0x20, 0x21, 0x23...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
    expect(isAllowed == true, "a description has the letters that RFC 6749 §5.2 allows")
}

/// An answer's JSON, read by another parser, which holds nothing that the caller did not bring.
private func answer<Answer: Decodable>(_ json: String, _ type: Answer.Type, _ asked: AskedRequest) -> Answer? {
    asked.expectKept(in: json)
    let answer = try? JSONDecoder().decode(type, from: Data(json.utf8))
    expect(answer != nil, "an answer is the JSON that it has to be")
    return answer
}

// Named as the members are.
private struct TokenAnswer: Decodable {
    let access_token: String
    let token_type: String
    let expires_in: Int
    let scope: String?
}

private struct IntrospectionAnswer: Decodable {
    let active: Bool
    let client_id: String?
}

private struct DenialAnswer: Decodable {
    let error: String?
    let error_description: String
}

private struct ErrorAnswer: Decodable {
    let error: String
    let error_description: String
}
