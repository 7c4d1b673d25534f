extension Level {
    /// Whether a location serves nothing that would want a token: it denies everybody, answers by a redirect or an error, or
    /// is internal.
    var isHarmless: Bool {
        if !own("internal").isEmpty { return true }
        if Self.refusal(among: ownAccessRules) != nil { return true }
        return own("return").contains { ReturnLine($0).isHarmless }
    }

    /// The rules by address that count here, in order: a level's own replace those of the levels around it.
    var accessRules: [NginxDirective] {
        var level: Level? = self
        while let current = level {
            if !current.ownAccessRules.isEmpty { return current.ownAccessRules }
            level = current.parent
        }
        return []
    }

    /// The rule that denies every address; nil if some address is allowed, or a password opens what is denied.
    var refusal: NginxDirective? {
        setting("satisfy")?.value == "any" ? nil : Self.refusal(among: accessRules)
    }

    /// The rule that denies every address: nginx takes the first rule that an address meets.
    private static func refusal(among rules: [NginxDirective]) -> NginxDirective? {
        guard let first = rules.first(where: { $0.name == "allow" || $0.value == "all" }), first.name == "deny" else {
            return nil
        }
        return first
    }

    /// Whether requests need an address of a list, a password or a certificate.
    var isRestricted: Bool {
        if accessRules.first(where: { $0.value == "all" })?.name == "deny" { return true }
        if let basic = setting("auth_basic"), basic.value != "off" { return true }
        return setting("ssl_verify_client")?.value == "on"
    }

    /// The conditions at this level with their blocks.
    var conditions: [NginxDirective] { own("if").filter { $0.block != nil } }
}
