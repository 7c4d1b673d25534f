/// What a server listens on.
struct Listen: Sendable, CustomStringConvertible {
    /// As it is written: `443`, `127.0.0.1:8080`, `[::]:80`, `unix:/run/site.sock`.
    let address: String
    /// Whether the connection has TLS.
    let isSecure: Bool
    /// Whether the addresses that connect come in the PROXY protocol.
    let hasProxyProtocol: Bool
    /// Whether requests of names that no server has come here.
    let isDefault: Bool
    let place: Finding.Place

    init(_ directive: NginxDirective) {
        address = directive.value
        let words = directive.arguments.dropFirst()
        isSecure = words.contains("ssl") || words.contains("quic")
        hasProxyProtocol = words.contains("proxy_protocol")
        isDefault = words.contains("default_server") || words.contains("default")
        place = directive.place
    }

    var description: String { address }

    /// Whether other machines may connect: any address but a loopback one, a private one, or a socket in the file system.
    var isPublic: Bool {
        if address.hasPrefix("unix:") { return false }
        let host = host
        if host.isEmpty || host == "*" || host == "0.0.0.0" || host == "[::]" { return true }
        return !AddressRange.isLocal(host)
    }

    /// Whether this machine alone may connect.
    var isLoopback: Bool {
        address.hasPrefix("unix:") || host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    /// The port; nil of a socket in the file system.
    var port: Int? {
        if address.hasPrefix("unix:") { return nil }
        let rest = address.hasPrefix("[") ? address.drop { $0 != "]" }.dropFirst() : address[...]
        if let colon = rest.lastIndex(of: ":") { return Int(rest[rest.index(after: colon)...]) }
        return address.allSatisfy(\.isNumber) ? Int(address) : 80
    }

    /// Whether it is every address of this machine.
    var isEverywhere: Bool { ["", "*", "0.0.0.0", "[::]"].contains(host) && !address.hasPrefix("unix:") }

    /// The address without its port; empty if there is a port alone.
    var host: String {
        if address.hasPrefix("[") { return String(address.prefix { $0 != "]" }) + "]" }
        if let colon = address.lastIndex(of: ":") { return String(address[..<colon]) }
        return address.allSatisfy(\.isNumber) ? "" : address
    }
}
