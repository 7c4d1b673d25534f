/// An id and a secret as a request presents them.
struct Credentials {
    /// The client that the request says it comes from.
    let id: ClientID
    /// What it shows for it.
    let secret: ClientSecret

    /// Takes a pair; nil where no client could have such an id or such a secret.
    init?(id: String, secret: String) {
        guard let id = ClientID(id), let secret = ClientSecret(secret) else { return nil }
        self.id = id
        self.secret = secret
    }
}

/// The client authentication that a request carries (RFC 6749 §2.3).
struct PresentedCredentials {
    /// The way in which it came.
    let method: ClientAuthenticationMethod
    /// The readings of it, the likelier first; none where no client could be meant.
    let readings: [Credentials]

    /// Finds the one authentication of a request.
    ///
    /// - Throws: `invalid_request` where there is more than one (RFC 6749 §2.3) or it is malformed; `invalid_client`
    ///   where there is none.
    init(authorization: String?, mediaType: MediaType, parameters: RequestParameters) throws(OAuthError) {
        let id = parameters[.clientID]
        let secret = parameters[.clientSecret]
        switch (authorization, mediaType) {
        case (_?, .json):
            throw .invalidRequest("a JSON request authenticates by its members, not by Authorization")
        case (let authorization?, .form):
            guard secret == nil else { throw .invalidRequest("client_secret and Authorization are used together") }
            guard var readings = try BasicCredentials.parse(authorization: authorization) else {
                throw .invalidClient(ClientRefusal(.unsupportedScheme, claimed: id.flatMap(ClientID.init)))
            }
            if let id {
                let named = ClientID(id)
                readings = readings.filter { $0.id == named }
                guard !readings.isEmpty else { throw .invalidRequest("client_id is not the one in Authorization") }
            }
            self.init(method: .basic, readings: readings)
        case (nil, _):
            if mediaType == .json {
                guard id != nil else { throw .invalidRequest("client_id is missing") }
                guard secret != nil else { throw .invalidRequest("client_secret is missing") }
            }
            guard let id, let secret else {
                throw .invalidClient(ClientRefusal(.noCredentials, claimed: id.flatMap(ClientID.init)))
            }
            self.init(method: .body, readings: [Credentials(id: id, secret: secret)].compactMap(\.self))
        }
    }

    private init(method: ClientAuthenticationMethod, readings: [Credentials]) {
        self.method = method
        self.readings = readings
    }
}
