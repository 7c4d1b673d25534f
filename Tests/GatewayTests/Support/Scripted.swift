import Glibc
import Linux
import Synchronization

@testable import Gateway

/// A handler that does what a request's SCRIPT parameter says, and says back what the request was.
struct ScriptedHandler: GatewayHandler {
    var turns = Turns()
    var background = BackgroundQueue()

    func respond(to request: GatewayRequest) async -> GatewayResponse {
        guard let script = request.parameters["SCRIPT"], script.hasPrefix("turn") else { return answer(request) }
        turns.counts.withLock { $0.asked += 1 }
        do throws(BackgroundQueue.Refusal) {
            let hasWaited = try await background.enter()
            defer { background.leave() }
            if hasWaited { turns.counts.withLock { $0.asked += 1 } }
            // What the first one finds out, all know.
            if script == "turn, once", turns.finished > 0 { return answer(request) }
            if script != "turn without work" { await background.run { [turns] in turns.work() } }
            turns.counts.withLock { $0.finished += 1 }
            var response = answer(request)
            response.endsWorker = script == "turn, end"
            return response
        } catch {
            return GatewayResponse(status: 503, body: Array("refused".utf8))
        }
    }

    private func answer(_ request: GatewayRequest) -> GatewayResponse {
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

/// What became of the turns that a handler asked for, and when their work ends.
final class Turns: Sendable {
    struct Counts {
        /// How often a request was handed to the handler that takes a turn.
        var asked = 0
        /// How many have begun their work.
        var begun = 0
        /// How many may end it.
        var allowed = 0
        /// How many were finished.
        var finished = 0
    }

    fileprivate let counts = Mutex(Counts())

    var asked: Int { counts.withLock { $0.asked } }
    var begun: Int { counts.withLock { $0.begun } }
    var finished: Int { counts.withLock { $0.finished } }

    /// Lets the work of so many turns end.
    func allow(_ count: Int) {
        counts.withLock { $0.allowed += count }
    }

    fileprivate func work() {
        counts.withLock { $0.begun += 1 }
        while !counts.withLock({ counts in
            guard counts.allowed > 0 else { return false }
            counts.allowed -= 1
            return true
        }) { usleep(1000) }
    }
}
