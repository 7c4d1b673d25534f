package import Encoding
import FoundationEssentials
package import GrantCore
import JOSE

/// A client's file: a JSON object with RFC 7591's names if it has one. Members that it does not know, it keeps.
package struct ClientFile {
    /// Why a file cannot be used; the text says what would have to be otherwise.
    package struct Unusable: Error {
        /// The end of the sentence.
        package let reason: String

        /// Describes what is wrong.
        package init(reason: String) {
            self.reason = reason
        }
    }

    /// The longest file that is read, in bytes.
    package static let sizeLimit = 65_536

    /// What the file holds, grantd's own members and others.
    private(set) var members: [String: JSONValue]
    /// The names of members that grantd does not know, sorted; it keeps them, and obeys none.
    var unknownMembers: [String] { MemberNames.client.unknown(in: members.keys) }
    /// What the file says.
    package private(set) var client: Client

    /// A file for a new client.
    package init(_ client: Client) {
        self.members = [:]
        self.client = client
        update { _ in }
    }

    /// A file that says what a client is, beside members that grantd does not know.
    ///
    /// - Parameter members: what the file held before; what grantd knows of it gives way to the client.
    init(_ client: Client, beside members: [String: JSONValue]) {
        self.members = members
        self.client = client
        update { _ in }
    }

    /// Parses a file.
    ///
    /// - Parameter id: the client that the file's name says it is of.
    package init(_ bytes: [UInt8], of id: ClientID) throws(Unusable) {
        try self.init(bytes)
        guard client.id == id else {
            throw Unusable(reason: "its client_id is not the one in its name: correct the member, or rename the file")
        }
    }

    /// Parses a registration that says itself of which client it is.
    package init(_ bytes: [UInt8]) throws(Unusable) {
        let document: JSONDocument
        do throws(JSONDocument.Fault) {
            document = try JSONDocument(bytes)
        } catch {
            switch error {
            case .malformed, .tooManyValues:
                throw Unusable(reason: "it is not well-formed JSON: see \(JSONDocument.placeOfFault(in: bytes))")
            case .repeatedMember(let name): throw Unusable(reason: "its member \(name.printable) is repeated")
            }
        }
        try self.init(document)
    }

    /// Takes a registration that was parsed as JSON.
    package init(_ document: JSONDocument) throws(Unusable) {
        guard case .object = document else { throw Unusable(reason: "it is not a JSON object") }
        guard case .object(let members)? = JSONValue(document) else {
            throw Unusable(reason: "a number in it is out of range")
        }
        self.members = members
        client = try ClientFileParser(members).client
    }

    /// Changes what the file says.
    package mutating func update<Failure>(_ change: (inout Client) throws(Failure) -> Void) throws(Failure) {
        try change(&client)
        members["client_id"] = .string(client.id.value)
        members["client_name"] = client.name.map(JSONValue.string)
        members["grant_types"] = .array(client.grantTypes.map(JSONValue.string))
        members["scope"] = client.scope.isEmpty ? nil : .string(client.scope.description)
        members["scope_policy"] = client.scopePolicy == .exact ? nil : .string(client.scopePolicy.rawValue)
        members["token_endpoint_auth_method"] = client.authenticationMethod.map { .string($0.rawValue) }
        members["access_token_lifetime"] = client.accessTokenLifetime.map { .integer(Int64($0)) }
        members["active"] = .bool(client.isActive)
        members["generation"] = client.generation.map { .string($0.value) }
        members["not_before"] = client.notBefore.map(JSONValue.init)
        members["introspect"] = client.mayIntrospect ? .bool(true) : nil
        // Keys that have not changed stay as they were written, with whatever else is in them.
        if (try? ClientFileParser(members).keys()) ?? nil != client.keys {
            members["jwks"] = client.keys.flatMap { try? JSONValue(JSONDocument(Array($0.text.utf8))) } ?? nil
        }
        let assertions = client.assertions
        members["token_endpoint_auth_signing_alg"] = assertions.algorithm.map { .string($0.rawValue) }
        members["token_endpoint_auth_aud"] = assertions.areForIssuerOnly ? .string("issuer") : nil
        let hasOwnLifetime = assertions.longestLifetime != AssertionPolicy.defaultLifetime
        members["assertion_lifetime"] = hasOwnLifetime ? .integer(Int64(assertions.longestLifetime)) : nil
        members["audiences"] = client.audiences.isEmpty ? nil : JSONValue(client.audiences)
        members["default_audience"] = client.defaultAudience.isEmpty ? nil : JSONValue(client.defaultAudience)
        members["access_token_format"] = client.tokenFormat.map { .string($0.rawValue) }
        members["secrets"] = .array(client.secrets.map(secretMember))
    }

    /// Whether both say the same, what grantd does not know of them included.
    package func isSame(as other: ClientFile) -> Bool { members == other.members }

    /// The file as it is written.
    package func bytes() throws(Unusable) -> [UInt8] {
        try encoded(by: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) + [UInt8(ascii: "\n")]
    }

    /// The same on one line, without a newline.
    package func line() throws(Unusable) -> [UInt8] {
        try encoded(by: [.sortedKeys, .withoutEscapingSlashes])
    }

    private func encoded(by formatting: JSONEncoder.OutputFormatting) throws(Unusable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        do {
            return try [UInt8](encoder.encode(members))
        } catch {
            throw Unusable(reason: "it cannot be written as JSON")
        }
    }

    /// A secret's member, with whatever else stood in it before.
    private func secretMember(_ secret: StoredSecret) -> JSONValue {
        var member: [String: JSONValue] = [:]
        if case .array(let old)? = members["secrets"] {
            for case .object(let known) in old {
                // A hash may be written in other letters than ours.
                if case .string(let text)? = known["hash"], (try? SecretHash(text)) == secret.hash { member = known }
            }
        }
        member["hash"] = .string(secret.hash.written)
        member["created_at"] = secret.createdAt.map(JSONValue.init)
        member["expires_at"] = secret.expiresAt.map(JSONValue.init)
        return .object(member)
    }
}

extension JSONValue {
    /// An array of an audience's names.
    fileprivate init(_ audience: Audience) {
        self = .array(audience.names.map(JSONValue.string))
    }
}
