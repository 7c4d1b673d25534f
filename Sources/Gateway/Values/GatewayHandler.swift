/// What answers requests: the one seam between a gateway and the program behind it.
package protocol GatewayHandler {
    /// Answers one request. It may take its time, the gateway waits.
    func respond(to request: GatewayRequest) -> GatewayResponse

    /// Answers one request at once, or says what it takes, for a gateway that serves others meanwhile.
    func reply(to request: GatewayRequest) -> GatewayReply
}

extension GatewayHandler {
    package func reply(to request: GatewayRequest) -> GatewayReply {
        .response(respond(to: request))
    }
}

/// What a handler has to say to a request at once.
package enum GatewayReply {
    /// The answer.
    case response(GatewayResponse)
    /// It takes a turn.
    case turn(SlowTurn)
}

/// What comes before an answer that cannot be given at once.
///
/// Of one gateway's requests that take a turn, one has it at a time, in the order in which they came, so that what one
/// learns counts for the next. One that has had to wait is asked anew of the handler when it is its turn. A turn that
/// never comes leaves no trace.
package struct SlowTurn {
    /// What takes long, and is done in another thread; nil where nothing does, and only the order matters.
    package let work: (@Sendable () -> Void)?
    /// Answers when the work is done, where requests are answered; also if the peer is gone by then.
    package let finish: () -> GatewayResponse
    /// Answers where too many wait, or this one has waited for too long.
    package let refuse: () -> GatewayResponse

    /// A turn of these parts.
    package init(
        work: (@Sendable () -> Void)?,
        finish: @escaping () -> GatewayResponse,
        refuse: @escaping () -> GatewayResponse
    ) {
        self.work = work
        self.finish = finish
        self.refuse = refuse
    }
}
