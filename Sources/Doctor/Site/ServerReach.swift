extension Server {
    /// Whether it listens on this machine's own addresses alone.
    var isInternal: Bool { !listens.isEmpty && listens.allSatisfy(\.isLoopback) }

    /// Whether it answers every request by itself, or sends each that came in clear, or under each of its names, elsewhere.
    var isRedirecting: Bool {
        if !level.own("return").isEmpty { return true }
        if level.own("rewrite").contains(where: \.redirectsAll) { return true }
        let conditions = level.conditions
        if conditions.contains(where: \.redirectsPlainHTTP) { return true }
        let redirected = conditions.filter { $0.redirects }.compactMap { condition -> String? in
            let words = condition.arguments
            return words.count == 3 && words[0] == "($host" && words[1] == "=" ? String(words[2].dropLast()) : nil
        }
        return !names.isEmpty && names.allSatisfy { name in redirected.contains(name) }
    }

    /// Whether a caller may reach this server by a name of another one, or by none of its own.
    func isReached(as other: Server) -> Bool {
        let own = names.filter { $0 != "_" }
        if own.isEmpty || listens.contains(where: \.isDefault) { return true }
        let others = other.names.filter { $0 != "_" }
        if others.isEmpty { return true }
        let known = Set(own.map { $0.lowercased() })
        let patterns = own.filter { $0.hasPrefix("~") || $0.hasPrefix(".") || $0.contains("*") }
        return others.contains { name in
            known.contains(name.lowercased())
                || patterns.contains { effort.spend(10 + name.utf8.count) && ServerName.fit(of: $0, to: name) != nil }
        }
    }
}

extension NginxDirective {
    /// Whether a condition's block sends the caller elsewhere or refuses.
    fileprivate var redirects: Bool {
        (block ?? []).contains { line in
            line.name == "return" && ReturnLine(line).isHarmless || line.name == "rewrite" && line.redirectsAll
        }
    }

    /// Whether a condition sends elsewhere what did not come over TLS.
    var redirectsPlainHTTP: Bool {
        let looked = [
            "$scheme", "$https", "$server_port", "$ssl_protocol", "$http_x_forwarded_proto", "$ssl_client_verify",
        ]
        return name == "if" && redirects && looked.contains { arguments.first?.hasPrefix("(\($0)") ?? false }
    }

    /// Whether a rewrite redirects every request.
    var redirectsAll: Bool {
        guard arguments.count > 1, ["^", "^(.*)$", "^(.*)", "(.*)", ".*", "^/(.*)$", "^/", "^/(.*)"].contains(value)
        else {
            return false
        }
        let isURL = ["http://", "https://", "$scheme"].contains { arguments[1].hasPrefix($0) }
        return isURL || arguments.count > 2 && ["redirect", "permanent"].contains(arguments[2])
    }
}
