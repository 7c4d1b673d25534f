import Glibc
import GrantCore
import Linux
import SystemPackage

/// One request for `/health` over a unix socket, as a web server sends it (FastCGI specification §3).
struct HealthQuestion {
    private static let parameters = [
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "PATH_INFO": "/health", "SCRIPT_NAME": "/doctor",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
    ]
    private static let patience: Duration = .seconds(5)
    private static let longestAnswer = 1 << 16
    let socket: String

    /// Asks, and waits for five seconds at most.
    func ask() -> SocketAnswer {
        guard let address = UnixAddress(path: socket) else { return .failed("its path is too long for a socket") }
        let number = Glibc.socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
            0
        )
        guard number >= 0 else { return .failed("socket: \(Errno(rawValue: errno))") }
        let connection = Descriptor(owning: number)
        // Sound: connect reads the address, which lives through the call.
        let connected = unsafe address.withPointer { unsafe connect(connection.number, $0, $1) }
        guard connected == 0 else {
            switch errno {
            case ENOENT: return .missing
            case ECONNREFUSED: return .refused
            case EACCES, EPERM: return .forbidden
            // The queue of connections is full: nothing accepts.
            case EAGAIN: return .silent
            default: return .failed("connect: \(Errno(rawValue: errno))")
            }
        }
        do throws(SystemCallFailure) {
            let request = Self.request
            guard try connection.send(request[...]) == request.count else { return .silent }
            return try answer(on: connection)
        } catch {
            return .failed(error.description)
        }
    }

    private func answer(on connection: borrowing Descriptor) throws(SystemCallFailure) -> SocketAnswer {
        let deadline = ContinuousClock.now + Self.patience
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while received.count < Self.longestAnswer {
            if let answer = Self.answer(in: received) { return answer }
            guard deadline > .now else { return .silent }
            try waitToRead([connection.number], until: deadline)
            // Sound: read fills the array up to its own count.
            let count = unsafe read(connection.number, &chunk, chunk.count)
            if count == 0 { return .garbled }
            if count < 0, errno != EAGAIN, errno != EINTR { throw .last("read") }
            received += chunk.prefix(max(0, count))
        }
        return .garbled
    }

    /// The records: BEGIN_REQUEST as a responder, PARAMS and their end, and the end of STDIN.
    private static var request: [UInt8] {
        let pairs = parameters.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + record(4, pairs) + record(4, []) + record(5, [])
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0, 0] + content
    }

    /// What the records say; nil while more has to come.
    static func answer(in bytes: [UInt8]) -> SocketAnswer? {
        var document: [UInt8] = []
        var rest = bytes[...]
        while rest.count >= 8 {
            let header = Array(rest.prefix(8))
            guard header[0] == 1 else { return .garbled }
            let length = Int(header[4]) << 8 | Int(header[5])
            guard rest.count >= 8 + length + Int(header[6]) else { return nil }
            if header[1] == 6 { document += rest.dropFirst(8).prefix(length) }
            if header[1] == 3 { return health(in: document) }
            rest = rest.dropFirst(8 + length + Int(header[6]))
        }
        return nil
    }

    private static func health(in document: [UInt8]) -> SocketAnswer {
        let text = String(decoding: document, as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let line = lines.first(where: { $0.hasPrefix("Status: ") }),
            let status = Int(line.dropFirst("Status: ".count).prefix(3)), let body = lines.last
        else { return .garbled }
        return .health(status: status, reason: JSONMembers(body).string("reason"))
    }
}
