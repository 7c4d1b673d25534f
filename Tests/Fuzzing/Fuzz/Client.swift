import Encoding
import FoundationEssentials

@testable import FileStore
@testable import GrantCore

/// The input as a client's file, and as a file's name.
func client(_ input: [UInt8]) {
    name(String(decoding: input, as: UTF8.self))
    guard let id = ClientID(claimedID(input)), let file = try? ClientFile(input, of: id) else { return }
    let name = ClientFileName.name(for: id)
    expect(name.map(ClientFileName.id) ?? id == id, "a client is known by its file's name")
    expect(Client.lifetimes.contains(file.client.accessTokenLifetime ?? 1), "a lifetime is in its range")

    // Written anew, it says the same, and keeps what it does not know.
    var changed = file
    changed.update { _ in }
    for version in [file, changed] {
        guard let bytes = try? version.bytes(), let again = try? ClientFile(bytes, of: id) else {
            return expect(false, "what was read can be written, and read again")
        }
        expect(again.client == file.client, "a file that is written anew says the same of its client")
    }
    guard let before = members(input), let bytes = try? changed.bytes(), let after = members(bytes) else {
        return expect(false, "a client's file is an object")
    }
    for (name, value) in before where !known.contains(name) {
        expect(after[name] == value, "a member that is not known is kept")
    }
    for (old, new) in zip(secrets(before), secrets(after)) {
        // Of several with one hash, none is told from the others.
        if file.client.secrets.count(where: { $0.hash == hash(of: old) }) > 1 { continue }
        for (name, value) in old where !["hash", "created_at", "expires_at"].contains(name) {
            expect(new[name] == value, "a secret's member that is not known is kept")
        }
    }
}

/// A name is a client's file's if it is the one name that the client's file has.
private func name(_ name: String) {
    if let id = ClientFileName.id(of: name) {
        expect(ClientFileName.name(for: id).map { $0.utf8.elementsEqual(name.utf8) } == true, "one name for each id")
    }
    guard let id = ClientID(name), let fileName = ClientFileName.name(for: id) else { return }
    expect(ClientFileName.id(of: fileName) == id, "an id is read back from its file's name")
    expect(!fileName.contains("/") && !fileName.hasPrefix("."), "a file's name stays in its directory, and is seen")
    expect(fileName.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a file's name is visible ASCII")
}

/// The id that the file itself names, so that the rest of it is reached.
private func claimedID(_ input: [UInt8]) -> String {
    guard case .string(let id)? = members(input)?["client_id"] else { return "billing" }
    return id
}

private func secrets(_ members: [String: JSONValue]) -> [[String: JSONValue]] {
    guard case .array(let secrets)? = members["secrets"] else { return [] }
    return secrets.map { secret in if case .object(let members) = secret { members } else { [:] } }
}

private func hash(of secret: [String: JSONValue]) -> SecretHash? {
    if case .string(let text)? = secret["hash"] { try? SecretHash(text) } else { nil }
}

private func members(_ bytes: [UInt8]) -> [String: JSONValue]? {
    guard let document = try? JSONDocument(bytes), case .object(let members)? = JSONValue(document) else { return nil }
    return members
}

/// What `ClientFile.update` writes.
private let known: Set<String> = [
    "client_id", "client_name", "grant_types", "scope", "token_endpoint_auth_method", "access_token_lifetime",
    "active", "generation", "not_before", "introspect", "secrets", "audiences", "default_audience",
    "access_token_format",
    "jwks", "token_endpoint_auth_signing_alg", "token_endpoint_auth_aud", "assertion_lifetime", "scope_policy",
]
