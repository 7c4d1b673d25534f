import FileStore
import GrantCore
import JOSE
import Remedies

/// What `client set` was told to change of a client's public keys.
struct ClientKeyChange: Equatable {
    /// The keys that it has from now on instead of its own; none takes all away.
    var replacement: [PublicKey]?
    /// Keys that it gets beside those that it has.
    var added: [PublicKey] = []
    /// Keys that it loses, by their `kid` or thumbprint, or by how one of these begins.
    var removed: [String] = []

    /// Whether a client gets no key by it.
    func onlyTakesAway(from client: Client) -> Bool {
        let known = client.keys?.keys ?? []
        return added.isEmpty && (replacement ?? []).allSatisfy(known.contains)
    }

    /// Changes a client's keys.
    ///
    /// - Throws: `refused` if a key clashes with one that is there, or one that is to go is not there.
    func apply(to client: inout Client) throws(AdministrationError) {
        guard self != ClientKeyChange() else { return }
        var keys = replacement ?? client.keys?.keys ?? []
        for name in removed {
            let going = try Self.key(named: name, of: client, among: keys)
            keys.removeAll { $0 == going }
        }
        for key in added where !keys.contains(key) {
            try Self.refuseClash(of: key, with: keys, of: client)
            keys.append(key)
        }
        guard keys.count <= JWKSet.maximumCount else {
            throw .refused("a client has at most \(JWKSet.maximumCount) keys: nothing was done")
        }
        // Unchanged ones stay as they are written.
        if keys != client.keys?.keys ?? [] { client.keys = keys.isEmpty ? nil : JWKSet(publishing: keys) }
    }

    /// The one key of a name.
    private static func key(
        named name: String,
        of client: Client,
        among keys: [PublicKey]
    ) throws(AdministrationError) -> PublicKey {
        if let exact = keys.first(where: { $0.name == name }) { return exact }
        let found = keys.filter { !name.isEmpty && $0.name.hasPrefix(name) }
        let known = keys.isEmpty ? "no keys" : "the keys \(keys.map(\.name).joined(separator: ", "))"
        guard let first = found.first else { throw .refused("client \(client.id) has no key \(name); it has \(known)") }
        guard found.count == 1 else {
            throw .refused("several keys begin with \(name): \(found.map(\.name).joined(separator: ", "))")
        }
        return first
    }

    /// Two keys of one `kid` would both be refused. Beside another key of its kind, one without a `kid` is not found.
    private static func refuseClash(
        of key: PublicKey,
        with keys: [PublicKey],
        of client: Client
    ) throws(AdministrationError) {
        for other in keys where other.keyID == key.keyID || other.keyID == nil || key.keyID == nil {
            if let id = key.keyID, id == other.keyID {
                throw .refused(
                    """
                    client \(client.id) already has another key with the kid \(id): give the new key another kid, or take \
                    the old one away, --remove-key \(ShellWord.argument(id))
                    """
                )
            }
            guard key.isOfSameKind(as: other) else { continue }
            throw .refused(
                """
                client \(client.id) would have two keys of one kind, and \(key.keyID == nil ? "the new" : "the old") one has \
                no kid, so that no assertion could name it: give each a kid
                """
            )
        }
    }
}

extension PublicKey {
    /// Whether one algorithm may fit both.
    fileprivate func isOfSameKind(as other: PublicKey) -> Bool {
        Algorithm.allCases.contains { fits($0) && other.fits($0) }
    }

    private func fits(_ algorithm: Algorithm) -> Bool {
        algorithm.fits(parameters) && (self.algorithm ?? algorithm) == algorithm
    }
}
