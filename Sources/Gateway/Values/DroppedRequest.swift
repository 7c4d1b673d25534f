package import Linux

/// Why a request did not reach the handler.
package enum DroppedRequest: Error, Sendable, Equatable, CustomStringConvertible {
    /// The peer closed the connection without a byte, as a probe of the socket does.
    case neverBegan
    /// The peer closed the connection in mid-request.
    case cutOff(received: Int)
    /// The request was not whole in time.
    case timedOut(received: Int)
    /// Its connection was closed for a new one, since there are too many.
    case crowdedOut
    /// What came is not a FastCGI request that this gateway serves.
    case malformed(RequestFault)
    /// CONTENT_LENGTH is not a number.
    case contentLengthNotANumber
    /// The body has not the length that CONTENT_LENGTH announced.
    case bodyLength(announced: Int, received: Int)
    /// libfcgi could not read what the preview had found whole; a code of `FCGX_GetError` or `FCGX_Accept_r`.
    case unread(code: Int32)
    /// A system call failed on the way.
    case failed(SystemCallFailure)

    package var description: String {
        switch self {
        case .neverBegan: "the connection closed unused"
        case .cutOff(let received): "the connection closed after \(received) bytes of it"
        case .timedOut(let received): "\(received) bytes of it came in time"
        case .crowdedOut: "too many connections"
        case .malformed(let fault): fault.rawValue
        case .contentLengthNotANumber: "CONTENT_LENGTH is not a number"
        case .bodyLength(let announced, let received): "\(announced) bytes of body announced, \(received) received"
        case .unread(let code): "libfcgi did not read it (\(code))"
        case .failed(let failure): failure.description
        }
    }
}
