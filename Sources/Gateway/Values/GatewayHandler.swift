/// What answers requests: the one seam between a gateway and the program behind it.
package protocol GatewayHandler {
    /// Answers one request. It may take its time, the gateway waits; other workers serve meanwhile.
    func respond(to request: GatewayRequest) -> GatewayResponse
}
