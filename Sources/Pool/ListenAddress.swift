/// Where a pool listens: `unix:PATH` or `HOST:PORT`.
package enum ListenAddress: Equatable, CustomStringConvertible {
    case unix(path: String)
    /// The host is a name or an address, an IPv6 one without its brackets.
    case tcp(host: String, port: UInt16)

    /// Reads an address; nil if it is none.
    ///
    /// A path is absolute, because a service's working directory is arbitrary.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...]),
            let host = Self.host(text[..<colon])
        else { return nil }
        self = .tcp(host: host, port: port)
    }

    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    private static func port(_ text: Substring) -> UInt16? {
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isDecimal, let port = UInt16(text), port > 0 else { return nil }
        return port
    }

    private static func host(_ text: Substring) -> String? {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let host = isBracketed ? text.dropFirst().dropLast() : text
        guard !host.isEmpty, host.contains(":") == isBracketed, !host.utf8.contains(0) else { return nil }
        return String(host)
    }
}

extension ListenAddress {
    /// The address that `--listen` names.
    package init?(argument: String) {
        self.init(argument)
    }
}
