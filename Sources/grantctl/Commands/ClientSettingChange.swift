import FileStore
import GrantCore
import JOSE

/// What `client set` was told to change of a client; nil and empty leave it as it is.
struct ClientSettingChange: Equatable {
    /// The whole scope.
    var scope: Scope?
    /// Words that it gets.
    var addedScope = Scope.none
    /// Words that it loses.
    var removedScope = Scope.none
    /// What becomes of a request for more scope.
    var scopePolicy: ScopePolicy?
    /// Its display name; empty takes it away.
    var name: String?
    /// Its tokens' lifetime.
    var lifetime: Choice<Int>?
    /// The one way to authenticate.
    var method: Choice<ClientAuthenticationMethod>?
    /// Whether it may introspect every client's tokens.
    var mayIntrospect: Bool?
    /// Its public keys.
    var keys = ClientKeyChange()
    /// The services that its tokens may be for.
    var audiences = ClientAudienceChange()
    /// What kind of tokens it gets.
    var tokenFormat: Choice<AccessTokenFormat>?
    /// The one algorithm that its assertions are signed by; the server's choice is any.
    var assertionAlgorithm: Choice<Algorithm>?
    /// Whether its assertions have to be for the issuer, and not for one of its endpoints.
    var assertionsAreForIssuerOnly: Bool?
    /// The most seconds that are left of an assertion when it comes.
    var assertionLifetime: Choice<Int>?

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
        if rest.assertionsAreForIssuerOnly == true { rest.assertionsAreForIssuerOnly = nil }
        if keys.onlyTakesAway(from: client) { rest.keys = ClientKeyChange() }
        if audiences.onlyTakesAway(from: client) { rest.audiences = ClientAudienceChange() }
        return rest == ClientSettingChange()
    }

    /// Changes a client.
    ///
    /// - Parameter force: also if it cannot authenticate then.
    /// - Throws: `refused` if something that it is to lose is not there, something would be too long, or it could not
    ///   authenticate any more.
    func apply(to client: inout Client, at now: Timestamp, force: Bool = false) throws(AdministrationError) {
        let before = client
        try change(&client)
        func canAuthenticate(_ client: Client) -> Bool { client.hasUsableKey || client.hasUsableSecret(at: now) }
        guard force || canAuthenticate(client) || !canAuthenticate(before) else {
            throw .refused(
                """
                client \(client.id) could not authenticate any more: it would have no \
                \(client.authenticationMethod == .privateKeyJWT ? "key" : "key and no secret") that it may use. Give it \
                another first, or give --force
                """
            )
        }
    }

    private func change(_ client: inout Client) throws(AdministrationError) {
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
        if let scopePolicy { client.scopePolicy = scopePolicy }
        if let name { client.name = name.isEmpty ? nil : name }
        if let lifetime { client.accessTokenLifetime = lifetime.value }
        if let method { client.authenticationMethod = method.value }
        if let mayIntrospect { client.mayIntrospect = mayIntrospect }
        try keys.apply(to: &client)
        try audiences.apply(to: &client)
        if let tokenFormat { client.tokenFormat = tokenFormat.value }
        if let assertionAlgorithm { client.assertions.algorithm = assertionAlgorithm.value }
        if let assertionsAreForIssuerOnly { client.assertions.areForIssuerOnly = assertionsAreForIssuerOnly }
        if let assertionLifetime {
            client.assertions.longestLifetime = assertionLifetime.value ?? AssertionPolicy.defaultLifetime
        }
    }
}
