/// A request that takes a turn: what the handler and libfcgi have of it, and whose it is.
///
/// It knows its connection by identity: the number may be another peer's when the answer is there.
final class PendingRequest {
    let request: GatewayRequest
    /// What the handler said to it the last time.
    var turn: SlowTurn
    private weak var peer: PeerConnection?
    private let library: LibraryRequest
    private let hasMore: Bool

    /// A request of a connection.
    ///
    /// - Parameter hasMore: whether more may come on the connection that is none of it.
    init(
        _ request: GatewayRequest,
        _ turn: SlowTurn,
        of connection: PeerConnection,
        in library: consuming LibraryRequest,
        hasMore: Bool
    ) {
        self.request = request
        self.turn = turn
        self.peer = connection
        self.library = library
        self.hasMore = hasMore
    }

    /// The connection that still waits for its answer; nil where the peer is gone, or has been answered.
    var connection: PeerConnection? {
        if let peer, case .pending(let request) = peer.phase, request === self { peer } else { nil }
    }

    /// Answers it on its connection.
    func answer(
        _ response: GatewayResponse,
        to connection: PeerConnection,
        observer: any GatewayObserver
    ) -> RequestExchange.Outcome {
        library.answer(response, to: connection, hasMore: hasMore, observer: observer)
    }
}
