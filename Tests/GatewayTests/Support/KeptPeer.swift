/// A peer that can stand in an array.
final class KeptPeer {
    private let peer: Peer

    init(_ path: String) { peer = Peer(path) }

    func send(_ bytes: some Sequence<UInt8>) { peer.send(bytes) }
    func turn(_ request: [UInt8]) -> String? { peer.turn(request) }
    func nextAnswer() -> String? { peer.nextAnswer() }
    func answer() -> String? { peer.answer() }
    func exchange(_ request: [UInt8]) -> String? { peer.exchange(request) }
    func receiveAll() -> [UInt8]? { peer.receiveAll() }
    func isClosed() -> Bool { peer.isClosed() }
}
