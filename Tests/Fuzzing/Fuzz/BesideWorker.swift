import Glibc
import Linux

@testable import Gateway

/// A worker in a thread of this process, on a unix socket of its own that leaves no file behind.
enum BesideWorker {
    /// Starts it, and says if it listens.
    static func start() -> String {
        let path = "grantd-fuzz-\(getpid())"
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = unsafe withSocketAddress(path) { unsafe bind(listener, $0, $1) } == 0
        guard isBound, listen(listener, 64) == 0 else { fatalError("no socket: \(errno)") }
        // A number of its own, which the thread knows: its function captures nothing.
        guard dup2(listener, workerListener) == workerListener else { fatalError("dup2: \(errno)") }
        close(listener)
        startThread()
        return path
    }

    private static func startThread() {
        var thread = pthread_t()
        // Sound: the thread's number is written to one local variable.
        let code = unsafe pthread_create(&thread, nil, threadBody, nil)
        guard code == 0 else { fatalError("pthread_create: \(code)") }
    }

    private static let workerListener: Int32 = 1000

    /// Longer times than a peer of ours waits: whoever is forgotten is found.
    static let limits = FastCGILimits(
        body: 600,
        parameters: 1200,
        requestTime: .seconds(60),
        answerTime: .seconds(60),
        drainTime: .seconds(60)
    )

    fileprivate static func serve() -> Never {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { fatalError("pipe: \(errno)") }
        do {
            let stop = StopSource(owning: ends[0])
            var worker = try FastCGIWorker(
                limits: limits,
                listener: workerListener,
                background: BackgroundQueue(),
                stop: stop,
                observer: Watcher()
            )
            fatalError("the worker ended: \(worker.run(Handler()))")
        } catch {
            fatalError("no worker: \(error)")
        }
    }

    /// Ends the process at what no peer may bring about.
    private struct Watcher: GatewayObserver {
        func observe(_ event: GatewayEvent) {
            switch event {
            case .requestDropped(.unread), .requestDropped(.failed), .acceptFailed: fatalError("\(event)")
            case .requestDropped, .answerNotSent: break
            }
        }
    }

    /// Says back the body, as the request's SCRIPT wants it.
    private struct Handler: GatewayHandler {
        func respond(to request: GatewayRequest) async -> GatewayResponse {
            guard case .whole(let body) = request.body else { return GatewayResponse(status: 413) }
            switch request.parameters["SCRIPT"] {
            case "large": return GatewayResponse(status: 200, body: [UInt8](repeating: 0x6C, count: 300_000))
            case "held": return GatewayResponse(status: 200, body: body, heldUntil: .now + .milliseconds(1))
            default: return GatewayResponse(status: 200, body: body)
            }
        }
    }
}

/// What the thread does.
private func threadBody(_ nothing: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    BesideWorker.serve()
}

/// Calls with a socket's address in the abstract namespace (`unix(7)`).
func withSocketAddress(_ path: String, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Sound: the path is shorter than the field, and the address lives through the call.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: "\0\(path)".utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use($0, size) }
    }
}
