import Glibc
import SystemPackage

/// Sees to it that a request is whole before libfcgi reads it.
///
/// Nearly always all of it lies in the socket at the first look, and stays there for libfcgi. Otherwise it is taken out
/// of the socket as it arrives and handed over in a file of memory. Either way libfcgi never waits for the peer.
struct RequestReceiver {
    private let limits: FastCGILimits
    private var buffer = [UInt8](repeating: 0, count: 16384)

    init(limits: FastCGILimits) {
        self.limits = limits
    }

    /// Waits for the whole request of a connection.
    ///
    /// - Parameters:
    ///   - stop: becomes readable when the worker is to stop, which shortens the wait.
    ///   - accepted: when the connection was.
    mutating func receive(
        from connection: borrowing Descriptor,
        stop: Int32,
        accepted: ContinuousClock.Instant
    ) throws(DroppedRequest) -> ReceivedRequest {
        var patience = Patience(stop: stop, deadline: accepted + limits.requestTime, stopTime: limits.stopTime)
        var preview = RequestPreview(limits: limits)

        let first = try fill(from: connection, flags: Int32(MSG_PEEK), patience: &patience, received: 0)
        guard first > 0 else { throw .neverBegan }
        switch preview.examine(buffer.span.extracting(..<first)) {
        case .whole: return ReceivedRequest(isBodyOverLimit: false, file: nil)
        case .bodyOverLimit: return ReceivedRequest(isBodyOverLimit: true, file: nil)
        case .refused(let fault): throw .malformed(fault)
        case .incomplete: break
        }

        var bytes: [UInt8] = []
        while true {
            let count = try fill(from: connection, flags: 0, patience: &patience, received: bytes.count)
            guard count > 0 else { throw .cutOff(received: bytes.count) }
            bytes += buffer[..<count]
            switch preview.examine(bytes.span) {
            case .whole: return try ReceivedRequest(isBodyOverLimit: false, bytes: bytes)
            case .bodyOverLimit: return try ReceivedRequest(isBodyOverLimit: true, bytes: bytes)
            case .refused(let fault): throw .malformed(fault)
            case .incomplete: break
            }
        }
    }

    /// Receives into the buffer once something is there (`recv(2)`); 0 at the end.
    private mutating func fill(
        from connection: borrowing Descriptor,
        flags: Int32,
        patience: inout Patience,
        received: Int
    ) throws(DroppedRequest) -> Int {
        while true {
            // Sound: recv writes within the array, whose size it is given.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(connection.number, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: try patience.wait(for: connection, received: received)
            case ECONNRESET: return 0
            default: throw .failed(.last("recv"))
            }
        }
    }
}

/// A request that has arrived whole.
struct ReceivedRequest: ~Copyable {
    /// Whether more body came than is read.
    let isBodyOverLimit: Bool
    /// Where libfcgi reads it; nil where that is the connection.
    let file: MemoryFile?

    init(isBodyOverLimit: Bool, file: consuming MemoryFile?) {
        self.isBodyOverLimit = isBodyOverLimit
        self.file = file
    }

    /// A request of which these bytes were taken out of the connection.
    init(isBodyOverLimit: Bool, bytes: [UInt8]) throws(DroppedRequest) {
        do throws(SystemCallFailure) {
            self.init(isBodyOverLimit: isBodyOverLimit, file: try .holding(bytes))
        } catch {
            throw .failed(error)
        }
    }
}

/// How long a worker waits for one request.
private struct Patience {
    let stop: Int32
    var deadline: ContinuousClock.Instant
    let stopTime: Duration
    var isStopping = false

    init(stop: Int32, deadline: ContinuousClock.Instant, stopTime: Duration) {
        self.stop = stop
        self.deadline = deadline
        self.stopTime = stopTime
    }

    mutating func wait(for connection: borrowing Descriptor, received: Int) throws(DroppedRequest) {
        let waited: Waited
        do throws(SystemCallFailure) {
            waited = try Gateway.wait(for: connection.number, orStop: isStopping ? nil : stop, until: deadline)
        } catch {
            throw .failed(error)
        }
        switch waited {
        case .ready: break
        case .timeout: throw .timedOut(received: received)
        case .stop:
            isStopping = true
            deadline = min(deadline, .now + stopTime)
        }
    }
}
