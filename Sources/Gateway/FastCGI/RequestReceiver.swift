import Glibc
import Linux
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

    /// What a look at a connection found.
    enum Arrival: ~Copyable {
        /// No byte more.
        case nothing
        /// The peer has ended its side.
        case end
        /// A part of the request, or a further one.
        case part(PartialRequest)
        /// The whole request.
        case whole(ReceivedRequest)
    }

    /// Looks for the first bytes of a request (`recv(2)`).
    mutating func begin(
        from connection: borrowing Descriptor,
        at now: ContinuousClock.Instant
    ) throws(DroppedRequest) -> Arrival {
        guard let count = try fill(from: connection, flags: Int32(MSG_PEEK)) else { return .nothing }
        guard count > 0 else { return .end }
        var preview = RequestPreview(limits: limits)
        switch preview.examine(buffer.span.extracting(..<count)) {
        case .whole: return .whole(ReceivedRequest(preview, of: count, isBodyOverLimit: false, began: now))
        case .bodyOverLimit: return .whole(ReceivedRequest(preview, of: count, isBodyOverLimit: true, began: now))
        case .refused(let fault): throw .malformed(fault)
        case .incomplete: break
        }
        return try resume(PartialRequest(preview: RequestPreview(limits: limits), began: now), from: connection)
    }

    /// Takes further bytes of a request (`recv(2)`).
    mutating func resume(
        _ request: PartialRequest,
        from connection: borrowing Descriptor
    ) throws(DroppedRequest) -> Arrival {
        var request = request
        guard let count = try fill(from: connection, flags: 0) else { return .nothing }
        guard count > 0 else { return .end }
        request.bytes += buffer[..<count]
        let bytes = request.bytes
        switch request.preview.examine(bytes.span) {
        case .whole: return .whole(try ReceivedRequest(request, isBodyOverLimit: false))
        case .bodyOverLimit: return .whole(try ReceivedRequest(request, isBodyOverLimit: true))
        case .refused(let fault): throw .malformed(fault)
        case .incomplete: return .part(request)
        }
    }

    /// Receives into the buffer; 0 at the end, nil if nothing is there.
    private mutating func fill(from connection: borrowing Descriptor, flags: Int32) throws(DroppedRequest) -> Int? {
        while true {
            // Sound: recv writes within the array, whose size it is given.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(connection.number, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            case ECONNRESET: return 0
            default: throw .failed(.last("recv"))
            }
        }
    }
}

/// A request that has arrived whole.
struct ReceivedRequest: ~Copyable {
    /// When its first byte came.
    let began: ContinuousClock.Instant
    /// Whether more body came than is read.
    let isBodyOverLimit: Bool
    /// Bytes of body that came, all of them unless there are too many.
    let bodyLength: Int
    /// Whether more may come that is none of it: the rest of such a body, padding after its end, what a server sends an
    /// authorizer all the same, or the next request before this one's answer. The connection cannot be kept then.
    let hasMore: Bool
    /// Where libfcgi reads it; nil if that is the connection.
    var file: MemoryFile?

    /// A request that lies in the connection.
    ///
    /// - Parameter count: the bytes that do.
    init(_ preview: RequestPreview, of count: Int, isBodyOverLimit: Bool, began: ContinuousClock.Instant) {
        self.began = began
        self.isBodyOverLimit = isBodyOverLimit
        bodyLength = preview.bodyLength
        hasMore =
            isBodyOverLimit || preview.examinedLength < count || !preview.isForResponder || preview.endsWithPadding
        file = nil
    }

    /// A request that was taken out of the connection.
    init(_ request: PartialRequest, isBodyOverLimit: Bool) throws(DroppedRequest) {
        self.init(request.preview, of: request.bytes.count, isBodyOverLimit: isBodyOverLimit, began: request.began)
        do throws(SystemCallFailure) {
            file = try .holding(request.bytes)
        } catch {
            throw .failed(error)
        }
    }
}
