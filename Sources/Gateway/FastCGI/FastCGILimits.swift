/// How much, and how long, a worker takes from one peer.
package struct FastCGILimits: Sendable {
    /// Bytes of a request's body. One whose CONTENT_LENGTH says more reaches the handler as `GatewayBody.tooLarge`.
    package var body: Int
    /// Bytes of a request's parameters, names and values and their lengths.
    package var parameters: Int
    /// From the connection, or the first byte on a kept one, to the whole request.
    package var requestTime: Duration
    /// For a peer to take an answer that does not fit into its socket.
    package var answerTime: Duration
    /// For the peer to end a body that is over the limit, after the answer.
    package var drainTime: Duration
    /// How many connections are open at once. Beyond it the one that may best be closed makes room for a new one.
    package var connections: Int
    /// For a request that is still arriving when the worker is to stop.
    package var stopTime: Duration

    /// Limits that fit a web server on the same machine.
    package init(
        body: Int,
        parameters: Int = 65536,
        requestTime: Duration = .seconds(5),
        answerTime: Duration = .seconds(2),
        drainTime: Duration = .seconds(1),
        connections: Int = 800,
        stopTime: Duration = .seconds(1)
    ) {
        self.body = body
        self.parameters = parameters
        self.requestTime = requestTime
        self.answerTime = answerTime
        self.drainTime = drainTime
        self.connections = connections
        self.stopTime = stopTime
    }

    /// Bytes of a request that are kept while it arrives: room for any sensible records, not for one for every byte.
    var wire: Int { 2 * (parameters + body) + 131_072 }
}
