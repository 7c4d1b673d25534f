/// The variables by which a container platform tells every container of a service called grantd, or grantd-something:
/// `GRANTD_SERVICE_HOST`, `GRANTD_PORT=tcp://…`, `GRANTD_PORT_80_TCP_ADDR` and so on. They are not settings.
enum ServiceVariable {
    /// Whether a variable of the environment is one.
    static func isOne(_ name: String, _ value: String) -> Bool {
        guard !Setting.all.contains(where: { $0.name == name }) else { return false }
        var words = name.split(separator: "_", omittingEmptySubsequences: false).dropFirst()[...]
        // A link has the container's environment and name as well.
        if words.first == "ENV" { return true }
        if Array(words) == ["NAME"] { return value.hasPrefix("/") }
        while !words.isEmpty {
            if isService(words) || isPort(words, value) { return true }
            // The words before are the rest of the service's name.
            words.removeFirst()
        }
        return false
    }

    /// `SERVICE_HOST`, `SERVICE_PORT` and `SERVICE_PORT_NAME`.
    private static func isService(_ words: ArraySlice<Substring>) -> Bool {
        let words = Array(words)
        guard words.first == "SERVICE", words.count > 1 else { return false }
        return words == ["SERVICE", "HOST"] || words[1] == "PORT"
    }

    /// `PORT` with an address, `PORT_80_TCP`, and its `PROTO`, `PORT` and `ADDR`.
    private static func isPort(_ words: ArraySlice<Substring>, _ value: String) -> Bool {
        let words = Array(words)
        guard words.first == "PORT" else { return false }
        if words.count == 1 { return value.contains("://") }
        guard words.count >= 3, Int(words[1]) != nil, ["TCP", "UDP", "SCTP"].contains(words[2]) else { return false }
        return words.count == 3 || words.count == 4 && ["PROTO", "PORT", "ADDR"].contains(words[3])
    }
}
