/// An id and a secret as a request presents them.
struct Credentials {
    /// The client that the request says it comes from.
    let id: ClientID
    /// What it shows for it.
    let secret: ClientSecret

    /// Takes a pair; nil if no client could have such an id or such a secret.
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
    /// The readings of it, the likelier first; none if no client could be meant, or it is an assertion.
    let readings: Few<Credentials>
    /// The assertion, if it is one.
    let assertion: ClientAssertion?

    /// Finds the one authentication of a request. A bearer token is not client authentication, and is ignored.
    ///
    /// - Throws: `invalid_request` if there is more than one (RFC 6749 §2.3), half of one, or a malformed one;
    ///   `invalid_client` if there is none.
    init(authorization: String?, parameters: RequestParameters) throws(OAuthError) {
        let id = parameters[.clientID]
        let secret = parameters[.clientSecret]
        let assertion: Parameter? =
            parameters[.clientAssertion] != nil
            ? .clientAssertion : parameters[.clientAssertionType] != nil ? .clientAssertionType : nil
        let authorization = authorization.flatMap { BearerScheme.isNamed(by: $0) ? nil : $0 }

        if let assertion {
            guard authorization == nil && secret == nil else {
                let other = authorization != nil ? "Authorization" : Parameter.clientSecret.rawValue
                throw .invalidRequest("\(assertion.rawValue) and \(other) are used together")
            }
            self.init(try Self.assertion(in: parameters))
            return
        }
        if let authorization {
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
            return
        }
        switch (id, secret) {
        case (nil, nil): throw .invalidClient(ClientRefusal(.noCredentials, claimed: nil))
        case (nil, _?): throw .invalidRequest("client_id is missing beside client_secret")
        case (_?, nil): throw .invalidRequest("client_secret is missing beside client_id")
        case (let id?, let secret?):
            self.init(method: .body, readings: Few(Credentials(id: id, secret: secret)))
        }
    }

    private init(method: ClientAuthenticationMethod, readings: Few<Credentials>) {
        self.method = method
        self.readings = readings
        assertion = nil
    }

    private init(_ assertion: ClientAssertion) {
        method = .privateKeyJWT
        readings = []
        self.assertion = assertion
    }

    /// The assertion of a request that has it, or says of which kind it is (RFC 7521 §4.2).
    private static func assertion(in parameters: RequestParameters) throws(OAuthError) -> ClientAssertion {
        guard let type = parameters[.clientAssertionType] else {
            throw .invalidRequest("client_assertion_type is missing beside client_assertion")
        }
        guard type == ClientAssertion.type else {
            throw .invalidRequest("client_assertion_type has to be \(ClientAssertion.type)")
        }
        guard let text = parameters[.clientAssertion] else {
            throw .invalidRequest("client_assertion is missing beside client_assertion_type")
        }
        return ClientAssertion(text: text, clientID: parameters[.clientID])
    }
}
