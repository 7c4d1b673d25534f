import Linux

/// What a member is called: its address, as the Cluster or the settings name it.
package struct MemberName: Hashable, Sendable, CustomStringConvertible {
    /// An address in numbers, or the path of a unix socket.
    let host: String
    /// 0 for a unix socket.
    let port: UInt16

    package var description: String { endpoint.description }

    /// Where a connection goes unless the settings say otherwise.
    var endpoint: Endpoint { host.hasPrefix("/") ? .socket(path: host) : .tcp(host: host, port: port) }

    /// Whether it is named by a unix socket.
    var isSocket: Bool { host.hasPrefix("/") }

    /// Whether its address is one of a private network or of the link.
    var isPrivate: Bool { IPAddress(host)?.isPrivate ?? false }

    /// Whether it is on this machine, as far as its address says.
    var isLoopback: Bool { host.hasPrefix("/") || IPAddress(host)?.isLoopback ?? false }
}

extension MemberName {
    /// The member of an endpoint.
    package init(_ endpoint: Endpoint) {
        switch endpoint {
        case .socket(let path): self.init(host: path, port: 0)
        case .tcp(let host, let port): self.init(host: host, port: port)
        }
    }

    /// What a redirection names: `10.0.0.2:6379`, `::1:6379`, or `:6379` for the host that was asked.
    ///
    /// - Parameter asked: the member that answered.
    init?(redirection text: some StringProtocol, asked: MemberName) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = String(text[..<colon])
        self.init(host: host.isEmpty || host == "?" ? asked.host : host, port: port)
    }
}
