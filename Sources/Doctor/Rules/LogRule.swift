/// Logs that would hold secrets or tokens.
struct LogRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        let formats = Dictionary(
            site.http.own("log_format").map { ($0.value, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var seen: Set<Finding.Place> = []
        return site.servers.flatMap { server -> [Finding] in
            guard server.mount != nil || !site.guards(of: server).isEmpty else { return [] }
            let inner = server.locations.flatMap { $0.own("access_log") }
            return (server.level.effective("access_log") + inner).compactMap { log in
                guard log.arguments.count > 1, let format = formats[log.arguments[1]],
                    seen.insert(format.place).inserted
                else { return nil }
                return fault(format)
            }
        }
    }

    private func fault(_ format: NginxDirective) -> Finding? {
        let text = format.arguments.dropFirst().joined()
        if let variable = Self.secret.first(where: { Self.holds(text, $0) }) {
            return Finding(
                .failure,
                "log-holds-secrets",
                at: format.place,
                "log_format \(format.value) writes \(variable), and with it clients' secrets or tokens, to a log.",
                remedy: "Take \(variable) out of this log_format, or give the server an access_log of another format."
            )
        }
        guard text.hasPrefix("{") || text.hasPrefix("escape=default{"), text.contains("\":") else { return nil }
        return Finding(
            .warning,
            "log-json-unescaped",
            at: format.place,
            "log_format \(format.value) looks like JSON without escape=json, so a caller's bytes can break a line.",
            remedy: "Write log_format \(format.value) escape=json …"
        )
    }

    private static let secret = ["$request_body", "$http_authorization"]

    /// Whether a text has a variable, and not a longer one that starts with its name.
    private static func holds(_ text: String, _ variable: String) -> Bool {
        let inBraces = "${\(variable.dropFirst())}"
        if text.contains(inBraces) { return true }
        var rest = text[...]
        while let found = rest.firstRange(of: variable) {
            rest = rest[found.upperBound...]
            guard let next = rest.utf8.first, ByteSet.letters.contains(next) else { return true }
        }
        return false
    }
}
