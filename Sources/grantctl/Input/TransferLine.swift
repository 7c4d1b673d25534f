import Encoding
import FileStore
import GrantCore
import RedisStore

/// One line of what `store export` prints and `store import` reads: a client's registration, or a token by its digest.
enum TransferLine {
    case client(ClientFile)
    case token(TransferredToken)

    /// Why a line is of no use; the end of the sentence.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    /// Reads a line.
    init(_ bytes: [UInt8]) throws(Malformed) {
        guard case .object(let members)? = try? JSONDocument(bytes), members.count == 1, let member = members.first
        else {
            throw Malformed(reason: "it is not a JSON object with one member, client or token")
        }
        switch (member.key, member.value) {
        case ("client", let document):
            do throws(ClientFile.Unusable) { self = .client(try ClientFile(document)) } catch {
                throw Malformed(reason: "the client cannot be used: \(error.reason)")
            }
        case ("token", .object(let members)): self = .token(try TransferredToken(members))
        default: throw Malformed(reason: "its member is neither a client nor a token")
        }
    }

    /// The line, with its newline.
    var bytes: [UInt8] {
        get throws(AdministrationError) {
            switch self {
            case .client(let file):
                let line: [UInt8]
                do throws(ClientFile.Unusable) { line = try file.line() } catch {
                    throw .unusable(file: file.client.id.value, reason: error.reason)
                }
                return Array(#"{"client":"#.utf8) + line + Array("}\n".utf8)
            case .token(let token): return Array("{\"token\":\(token.json)}\n".utf8)
            }
        }
    }
}

extension TransferredToken {
    fileprivate init(_ members: [String: JSONDocument]) throws(TransferLine.Malformed) {
        guard case .string(let digestText)? = members["sha256"], let digest = Hex.decode(digestText.utf8),
            digest.count == 32
        else { throw TransferLine.Malformed(reason: "the token's sha256 is not 64 hexadecimal digits") }
        guard case .string(let idText)? = members["client_id"], let id = ClientID(idText) else {
            throw TransferLine.Malformed(reason: "the token's client_id is none")
        }
        var scope = Scope.none
        if case .string(let text)? = members["scope"] {
            guard let given = Scope(text) else { throw TransferLine.Malformed(reason: "the token's scope is none") }
            scope = given
        }
        var generation: Generation?
        if case .string(let text)? = members["generation"] {
            generation = Generation(text)
            guard generation != nil else { throw TransferLine.Malformed(reason: "the token's generation is none") }
        }
        var audience = Audience.none
        if case .string(let text)? = members["audience"] {
            guard let given = Audience(separatedBySpaces: text) else {
                throw TransferLine.Malformed(reason: "the token's audience is none")
            }
            audience = given
        }
        guard case .number(let issued)? = members["issued_at_us"], let issuedAt = Int64(issued), issuedAt >= 0,
            case .number(let expires)? = members["expires_at_us"], let expiresAt = Int64(expires), expiresAt > issuedAt,
            Client.lifetimes.contains(Int((expiresAt - issuedAt) / 1_000_000))
        else {
            throw TransferLine.Malformed(reason: "the token's times are not microseconds since 1970, in their order")
        }
        self.init(
            digest: digest,
            record: TokenRecord(
                grant: Grant(clientID: id, scope: scope, generation: generation, audience: audience),
                issuedAt: Timestamp(microseconds: issuedAt),
                expiresAt: Timestamp(microseconds: expiresAt)
            )
        )
    }

    fileprivate var json: String {
        var object = JSONObject()
        object.add("sha256", Hex.encode(digest))
        object.add("client_id", record.grant.clientID.value)
        if !record.grant.scope.isEmpty { object.add("scope", record.grant.scope.description) }
        if let generation = record.grant.generation { object.add("generation", generation.value) }
        let audience = record.grant.audience
        if !audience.isEmpty { object.add("audience", audience.names.joined(separator: " ")) }
        object.add("issued_at_us", record.issuedAt.microseconds)
        object.add("expires_at_us", record.expiresAt.microseconds)
        return object.text
    }
}
