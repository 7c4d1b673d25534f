/// What a worker has to do at a moment.
package struct GatewayLoad: Equatable, Sendable {
    /// Connections that are open.
    package let connections: Int
    /// Those of them on which a request is being received, answered or held.
    package let busy: Int

    /// A load of these numbers.
    package init(connections: Int, busy: Int) {
        self.connections = connections
        self.busy = busy
    }
}
