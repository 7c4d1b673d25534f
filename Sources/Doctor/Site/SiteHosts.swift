extension Site {
    /// The server that answers requests to a host and a port, as nginx chooses it; nil if that cannot be told.
    ///
    /// Behind a load balancer the port may be one on which no server listens: then all servers come into question.
    func server(answering host: String, port: Int) -> Server? {
        let listening = servers.filter { server in server.ports.contains(port) }
        let candidates = listening.isEmpty ? servers : listening
        var best: (server: Server, fit: ServerName.Fit)?
        for server in candidates {
            for name in server.names {
                guard let fit = ServerName.fit(of: name, to: host) else { continue }
                let isBetter = best.map {
                    fit > $0.fit || fit == $0.fit && $0.server.mount == nil && server.mount != nil
                }
                if isBetter ?? true { best = (server, fit) }
            }
        }
        if let best { return best.server }
        guard !listening.isEmpty else {
            let mounting = mounting
            return mounting.count == 1 ? mounting[0] : nil
        }
        // A server that listens on this very address, or else on all of them.
        let own = listening.filter { server in server.listens.contains { $0.host == host && $0.port == port } }
        let rest = own.isEmpty ? listening.filter { server in server.listens.contains(where: \.isEverywhere) } : own
        let reached = rest.isEmpty ? listening : rest
        return reached.first { server in server.listens.contains { $0.isDefault && $0.port == port } } ?? reached.first
    }
}

extension Server {
    /// The ports on which it listens; 80 if it does not say.
    fileprivate var ports: Set<Int> { listens.isEmpty ? [80] : Set(listens.compactMap(\.port)) }
}
