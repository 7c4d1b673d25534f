extension Level {
    /// Whether a location serves nothing that would want a token: it denies everybody, answers by a redirect or an error, or
    /// is internal.
    var isHarmless: Bool {
        if !own("internal").isEmpty { return true }
        if let rule = (own("allow") + own("deny")).min(by: { $0.place.line < $1.place.line }),
            rule.name == "deny", rule.value == "all"
        {
            return true
        }
        return own("return").contains { ReturnLine($0).isHarmless }
    }

    /// Whether the client's id is in the list that counts for an application of a kind.
    func tellsIdentity(_ kind: Target.Kind) -> Bool {
        if inheritsUnread("grantd.identity.conf") { return true }
        return effective(kind.list).contains { $0.value.lowercased() == kind.identity.lowercased() }
    }

    /// Whether grantd.client.conf counts here.
    var hasClientPart: Bool {
        inheritsUnread("grantd.client.conf")
            || effective("auth_request_set").contains { $0.value == "$oauth_client_id" }
    }

    /// The conditions at this level with their blocks.
    var conditions: [NginxDirective] { own("if").filter { $0.block != nil } }
}
