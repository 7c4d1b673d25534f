import Encoding
import FileStore
import GrantCore
import JOSE

/// How two states of one client differ, by the members of its file.
struct SettingDifference: Encodable {
    /// One member that differs.
    struct Member: Encodable {
        let member: String
        let from: Value
        let to: Value
    }

    /// A member's value; nothing is `null`.
    enum Value: Encodable, Equatable {
        case text(String?)
        case number(Int?)
        case flag(Bool)
        case names([String])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text?): try container.encode(text)
            case .number(let number?): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            case .names(let names): try container.encode(names)
            case .text(nil), .number(nil): try container.encodeNil()
            }
        }
    }

    let clientId: String
    let changes: [Member]

    /// Compares what `client set` can change.
    init(from old: Client, to new: Client) {
        clientId = new.id.value
        let all = [
            Member(member: "client_name", from: .text(old.name), to: .text(new.name)),
            Member(member: "scope", from: .text(old.scope.text), to: .text(new.scope.text)),
            Member(
                member: "scope_policy",
                from: .text(old.scopePolicy.rawValue),
                to: .text(new.scopePolicy.rawValue)
            ),
            Member(
                member: "access_token_lifetime",
                from: .number(old.accessTokenLifetime),
                to: .number(new.accessTokenLifetime)
            ),
            Member(
                member: "token_endpoint_auth_method",
                from: .text(old.authenticationMethod?.rawValue),
                to: .text(new.authenticationMethod?.rawValue)
            ),
            Member(member: "introspect", from: .flag(old.mayIntrospect), to: .flag(new.mayIntrospect)),
            Member(member: "audiences", from: .names(old.audiences.names), to: .names(new.audiences.names)),
            Member(
                member: "default_audience",
                from: .names(old.defaultAudience.names),
                to: .names(new.defaultAudience.names)
            ),
            Member(
                member: "access_token_format",
                from: .text(old.tokenFormat?.rawValue),
                to: .text(new.tokenFormat?.rawValue)
            ),
            Member(member: "jwks", from: .names(old.keyNames), to: .names(new.keyNames)),
            Member(
                member: "token_endpoint_auth_signing_alg",
                from: .text(old.assertions.algorithm?.rawValue),
                to: .text(new.assertions.algorithm?.rawValue)
            ),
            Member(
                member: "token_endpoint_auth_aud",
                from: .text(old.assertions.areForIssuerOnly ? "issuer" : nil),
                to: .text(new.assertions.areForIssuerOnly ? "issuer" : nil)
            ),
            Member(
                member: "assertion_lifetime",
                from: .number(old.assertions.longestLifetime),
                to: .number(new.assertions.longestLifetime)
            ),
        ]
        changes = all.filter { $0.from != $0.to }
    }

    /// A line for each change, for people: `scope: a -> a b`.
    var text: String {
        changes.map { change in
            let label = Self.labels[change.member] ?? (change.member, "none")
            return "\(label.name): \(change.from.text(label.absent)) -> \(change.to.text(label.absent))"
        }
        .joined(separator: "\n")
    }

    /// Whether tokens that were issued before differ from those that are issued from now on.
    var concernsTokens: Bool { changes.contains { Self.ofTokens.contains($0.member) } }

    private static let ofTokens: Set = [
        "scope", "access_token_lifetime", "audiences", "default_audience", "access_token_format",
    ]

    /// What people read for a member, as `client show` has it, and for its absence.
    private static let labels = [
        "client_name": ("name", "none"), "scope": ("scope", "none"),
        "access_token_lifetime": ("token lifetime", "the server's"),
        "token_endpoint_auth_method": ("authentication", "any way"), "introspect": ("introspection", ""),
        "audiences": ("audiences", "none"), "default_audience": ("default audience", "none"),
        "access_token_format": ("token format", "the server's"), "jwks": ("keys", "none"),
        "token_endpoint_auth_signing_alg": ("assertions", "any algorithm"),
        "token_endpoint_auth_aud": ("audience of assertions", "issuer or endpoint"),
        "assertion_lifetime": ("assertion lifetime", ""), "scope_policy": ("scope policy", ""),
    ].mapValues { (name: $0.0, absent: $0.1) }
}

extension SettingDifference.Value {
    fileprivate func text(_ absent: String) -> String {
        switch self {
        case .text(let text): text?.printable ?? absent
        case .number(let number): number.map { "\($0) s" } ?? absent
        case .flag(let flag): flag ? "every client's tokens" : "its own tokens"
        case .names(let names): names.isEmpty ? absent : names.joined(separator: " ").printable
        }
    }
}

extension Client {
    /// What its keys are called.
    fileprivate var keyNames: [String] { keys?.keys.map(\.name) ?? [] }
}

extension Scope {
    /// The words; nil for no scope.
    fileprivate var text: String? { isEmpty ? nil : description }
}
