import Glibc
import Synchronization

@testable import Gateway

/// A handler that does what a request's SCRIPT parameter says, and says back what the request was.
struct ScriptedHandler: GatewayHandler {
    func respond(to request: GatewayRequest) -> GatewayResponse {
        guard case .whole(let body) = request.body else {
            return GatewayResponse(status: 413, body: Array("too large".utf8))
        }
        var response = GatewayResponse(status: 200, body: body)
        switch request.parameters["SCRIPT"] {
        case "parameters": response.body = Array((request.parameters["ECHO"] ?? "none").utf8)
        case "role": response.body = Array((request.parameters["FCGI_ROLE"] ?? "none").utf8)
        case "large": response.body = [UInt8](repeating: UInt8(ascii: "l"), count: 4_000_000)
        case "held": response.heldUntil = request.receivedAt + .milliseconds(80)
        case "brief": sleep(until: .now + .milliseconds(40))
        case "slow": sleep(until: .now + .milliseconds(500))
        case "end": response.endsWorker = true
        default: break
        }
        return response
    }
}

/// Remembers what a gateway reported.
final class EventList: GatewayObserver, Sendable {
    private let list = Mutex<[GatewayEvent]>([])

    func observe(_ event: GatewayEvent) {
        list.withLock { $0.append(event) }
    }

    var events: [GatewayEvent] { list.withLock { $0 } }
}
