import FileStore
import GrantCore

/// What `client set` was told to change of a client; nil and empty leave it as it is.
struct ClientSettingChange: Equatable {
    /// The whole scope.
    var scope: Scope?
    /// Words that it gets.
    var addedScope = Scope.none
    /// Words that it loses.
    var removedScope = Scope.none
    /// Its display name; empty takes it away.
    var name: String?
    /// Its tokens' lifetime.
    var lifetime: Choice<Int>?
    /// The one way to authenticate.
    var method: Choice<ClientAuthenticationMethod>?
    /// Whether it may introspect every client's tokens.
    var mayIntrospect: Bool?

    /// A value of its own, or what the server has for all.
    enum Choice<Value: Equatable & Sendable>: Equatable, Sendable {
        case own(Value)
        case server

        /// The value; nil for the server's.
        var value: Value? {
            if case .own(let value) = self { value } else { nil }
        }
    }

    /// Whether it gives a client nothing, so that an audit that fails does not prevent it.
    func onlyTakesAway(from client: Client) -> Bool {
        var rest = self
        rest.removedScope = .none
        if let scope, client.scope.contains(scope) { rest.scope = nil }
        if rest.mayIntrospect == false { rest.mayIntrospect = nil }
        return rest == ClientSettingChange()
    }

    /// Changes a client.
    ///
    /// - Throws: `refused` if a word that it is to lose is not there, or its scope would be too long.
    func apply(to client: inout Client) throws(AdministrationError) {
        if let scope { client.scope = scope }
        client.scope = client.scope.union(addedScope)
        if let missing = client.scope.firstWord(lackingFrom: removedScope) {
            let scope = client.scope.isEmpty ? "none" : client.scope.description
            throw .refused("client \(client.id) does not have the scope \(missing); its scope is: \(scope)")
        }
        client.scope = client.scope.subtracting(removedScope)
        guard client.scope.description.utf8.count <= Client.longestScope else {
            throw .refused("a client's scope has at most \(Client.longestScope) bytes: nothing was done")
        }
        if let name { client.name = name.isEmpty ? nil : name }
        if let lifetime { client.accessTokenLifetime = lifetime.value }
        if let method { client.authenticationMethod = method.value }
        if let mayIntrospect { client.mayIntrospect = mayIntrospect }
    }
}
