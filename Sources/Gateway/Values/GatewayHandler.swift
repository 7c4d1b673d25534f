/// What answers requests: the one seam between a gateway and the program behind it.
package protocol GatewayHandler {
    /// Answers one request. While it waits others are served.
    ///
    /// A request whose peer is gone is cancelled; what is answered to it is dropped.
    func respond(to request: GatewayRequest) async -> GatewayResponse
}
