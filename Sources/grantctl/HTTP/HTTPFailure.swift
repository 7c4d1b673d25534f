import Linux

/// Why there is no answer to a request. None of its texts holds a header or a body.
enum HTTPFailure: Error, Equatable {
    /// The program `curl` is not installed.
    case notInstalled
    /// The program could not be run.
    case notRun(SystemCallFailure)
    /// A header has a control character in it, or the body a NUL.
    case unsendable
    /// The host's name has no address.
    case notResolved(String)
    /// Nothing accepts connections there.
    case notConnected(String)
    /// The time was over before all of the answer was there.
    case timedOut(String)
    /// The server's certificate is not trusted, or not for this name.
    case untrusted(String)
    /// The file of certificates cannot be used.
    case unusableAuthority(String)
    /// The TLS handshake failed.
    case handshakeFailed(String)
    /// The connection closed before an answer, or within it.
    case cutShort(String)
    /// The answer is longer than `Curl.longestAnswer`.
    case tooLong
    /// What came is not HTTP.
    case notHTTP
    /// This process was asked to stop.
    case stopped
    /// Anything else: curl's exit status and its words.
    case other(Int32, String)

    /// What curl's exit status says (`curl(1)`, EXIT CODES).
    init(status: Int32, message: String) {
        self =
            switch status {
            case 5, 6: .notResolved(message)
            case 7: .notConnected(message)
            case 28: .timedOut(message)
            case 35: .handshakeFailed(message)
            case 51, 60, 83, 90, 91: .untrusted(message)
            case 77: .unusableAuthority(message)
            case 56 where message.contains("SSL"): .handshakeFailed(message)
            case 18, 52, 55, 56: .cutShort(message)
            case 63: .tooLong
            // A terminal's interrupt, and a service manager's SIGTERM, reach curl as well as this process.
            case 130, 143: .stopped
            case 1 where message.contains("HTTP/0.9"), 8: .notHTTP
            default: .other(status, message)
            }
    }
}

extension HTTPFailure: CustomStringConvertible {
    /// What happened, in one sentence without a full stop.
    var description: String {
        switch self {
        case .notInstalled: "the program curl is not installed"
        case .notRun(let failure): "curl cannot be run: \(failure)"
        case .unsendable: "a header or the body has a control character that HTTP does not allow"
        case .notResolved(let message): "\(message)"
        case .notConnected(let message): "\(message)"
        case .timedOut(let message): "no answer in time: \(message)"
        case .untrusted(let message): "the server's certificate is not trusted: \(message)"
        case .unusableAuthority(let message): "the file of certificates cannot be used: \(message)"
        case .handshakeFailed(let message): "the TLS handshake failed: \(message)"
        case .cutShort(let message): "the connection closed too early: \(message)"
        case .tooLong: "the answer is longer than \(Curl.longestAnswer) bytes"
        case .notHTTP: "the server does not speak HTTP"
        case .stopped: "interrupted"
        case .other(let status, let message): "curl failed with status \(status): \(message)"
        }
    }
}
