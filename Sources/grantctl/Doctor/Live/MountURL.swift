import Linux

/// The URL under which a site mounts grantd, such as `https://example.com/oauth2`.
struct MountURL: Equatable, CustomStringConvertible {
    /// `https` or `http`.
    let scheme: String
    /// `example.com`, `example.com:8443` or `[::1]:8443`.
    let authority: String
    /// The path of the mount without a slash at its end: `/oauth2`; empty if there is none.
    private(set) var path: String

    /// Reads a URL without credentials, query and fragment; nil for anything else.
    init?(_ text: String) {
        guard let scheme = ["https", "http"].first(where: { text.lowercased().hasPrefix("\($0)://") }),
            text.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value < 0x7F && !"?#@\\\"<>^`{|}".unicodeScalars.contains($0)
            })
        else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard rest.startIndex < slash, Self.isAuthority(rest[..<slash]) else { return nil }
        self.scheme = scheme
        authority = String(rest[..<slash])
        path = String(rest[slash...])
        while path.hasSuffix("/") { path.removeLast() }
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        let end = text.lastIndex(of: "]").map { text.index(after: $0) } ?? text.firstIndex(of: ":") ?? text.endIndex
        let port = text[end...]
        return end > text.startIndex && (port.isEmpty || port.hasPrefix(":") && UInt16(port.dropFirst()) != nil)
    }

    /// The host's name or address, as it is written.
    var host: String {
        if let end = authority.lastIndex(of: "]") { return String(authority[...end]) }
        return authority.split(separator: ":").first.map(String.init) ?? authority
    }

    /// The port, which is that of the scheme if none is written.
    var port: Int {
        Int(authority.dropFirst(host.count).dropFirst()) ?? (isSecure ? 443 : 80)
    }

    /// `https://example.com`
    var origin: String { "\(scheme)://\(authority)" }

    var description: String { origin + path }

    /// Whether credentials are encrypted on their way.
    var isSecure: Bool { scheme == "https" }

    /// Whether the host is this machine by its name or address.
    var isLoopback: Bool { IPAddress.isLoopback(host: host) }

    /// The same host with another mount.
    func with(path: String) -> MountURL {
        var changed = self
        changed.path = path
        return changed
    }
}
