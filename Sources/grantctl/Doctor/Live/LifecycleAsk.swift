import Doctor

/// Whether introspection and revocation say and do what they should.
struct LifecycleAsk {
    let site: LiveSite
    let credentials: LiveCredentials

    /// Asks about the token, revokes it, and asks again.
    func findings(_ token: String, afterRevocation: () throws(HTTPFailure) -> [Finding]) throws(HTTPFailure)
        -> [Finding]
    {
        if let fault = try introspectionFault(token, expected: true) { return [fault] }
        let request = HTTPRequest.form(site.url("/revoke"), [("token", token)], [credentials.basic])
        let answer = try site.ask(request)
        guard answer.status == 200, !answer.isHTML else { return [AnswerDiagnosis.finding(answer, to: request)] }
        var findings = try afterRevocation()
        if let fault = try introspectionFault(token, expected: false) { findings.append(fault) }
        if !findings.isEmpty { return findings }
        return [Finding(.ok, "revocation", "A token is active until it is revoked, and inactive right after that.")]
    }

    private func introspectionFault(_ token: String, expected: Bool) throws(HTTPFailure) -> Finding? {
        let request = HTTPRequest.form(site.url("/introspect"), [("token", token)], [credentials.basic])
        let answer = try site.ask(request)
        guard answer.status == 200, let isActive = answer.json.bool("active") else {
            return AnswerDiagnosis.finding(answer, to: request)
        }
        if isActive == expected { return nil }
        let remedy =
            "Workers with different states answer, or a cache does: see that all use one GRANTD_STATE or GRANTD_STORE."
        if expected {
            let statement = "Introspection says that a token that was just issued is not active."
            return Finding(.failure, "introspection-differs", statement, remedy: remedy)
        }
        let statement = "Introspection says that a token is active after it was revoked."
        return Finding(.failure, "revocation-without-effect", statement, remedy: remedy)
    }
}
