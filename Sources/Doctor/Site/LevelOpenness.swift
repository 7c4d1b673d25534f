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

    /// The rules by address that count here, in order: a level's own replace those of the levels around it.
    var accessRules: [NginxDirective] {
        var level: Level? = self
        while let current = level {
            let rules = current.directives.filter { $0.name == "allow" || $0.name == "deny" }
            if !rules.isEmpty { return rules }
            level = current.parent
        }
        return []
    }

    /// The rule that denies every address; nil if some address is allowed, or a password opens what is denied.
    var refusal: NginxDirective? {
        guard let first = accessRules.first, first.name == "deny", first.value == "all",
            setting("satisfy")?.value != "any"
        else { return nil }
        return first
    }

    /// Whether requests need an address of a list, a password or a certificate.
    var isRestricted: Bool {
        if accessRules.contains(where: { $0.name == "deny" && $0.value == "all" }) { return true }
        if let basic = setting("auth_basic"), basic.value != "off" { return true }
        return setting("ssl_verify_client")?.value == "on"
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
