extension Engine {
    /// The addresses of all members, primaries first.
    package func memberAddresses() async throws(EngineFailure) -> [MemberName] {
        try await refresh()
        guard let topology else { return [] }
        let replicas = topology.members.subtracting(topology.primaries).sorted { $0.description < $1.description }
        return topology.primaries + replicas
    }

    /// Waits.
    package func pause(for duration: Duration) async {
        await loop.sleep(for: duration)
    }
}

extension MemberName {
    /// The unix socket of a template for this member: `%h` is its address, `%p` its port.
    package func socket(_ template: String) -> String {
        template.replacing("%h", with: host).replacing("%p", with: "\(port)")
    }
}
