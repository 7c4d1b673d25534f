/// The connections of a worker at a moment.
package struct GatewayLoad: Equatable, Sendable {
    /// Connections that are open.
    package let connections: Int
    /// Connections with a request that is being received, answered or held.
    package let busy: Int

    /// A load of these numbers.
    package init(connections: Int, busy: Int) {
        self.connections = connections
        self.busy = busy
    }
}
