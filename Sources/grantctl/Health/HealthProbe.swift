import Glibc
import Linux
import SystemPackage

/// One request for `/health` over the workers' unix socket (FastCGI specification §3.3, §5).
struct HealthProbe {
    let socket: String
    /// Seconds.
    let timeout: Int

    /// More than any answer of grantd's to this.
    private static let mostBytes = 65536
    /// Between two attempts to connect.
    private static let pause: Duration = .milliseconds(50)
    private static let parameters = [
        ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_PROTOCOL", "HTTP/1.1"), ("REQUEST_METHOD", "GET"),
        ("SCRIPT_NAME", ""), ("PATH_INFO", "/health"), ("REMOTE_ADDR", "127.0.0.1"),
    ]

    /// Asks, and waits for the end of the answer.
    func answer() throws(HealthProblem) -> HealthAnswer {
        guard let address = UnixAddress(path: socket) else { throw .unusablePath(socket) }
        let received: [UInt8]
        do throws(SystemCallFailure) {
            received = try exchange(with: address)
        } catch {
            throw .unreachable(path: socket, error)
        }
        guard let answer = HealthAnswer(records: received) else { throw .broken(path: socket) }
        return answer
    }

    /// All that comes back until the answer is whole, or the connection closed.
    private func exchange(with address: UnixAddress) throws(SystemCallFailure) -> [UInt8] {
        let deadline = ContinuousClock.now + .seconds(timeout)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let connection = Descriptor(owning: Glibc.socket(AF_UNIX, kind, 0))
        guard connection.number >= 0 else { throw .last("socket") }
        // Sound: the call reads the address that it is handed.
        while unsafe address.withPointer({ unsafe connect(connection.number, $0, $1) }) != 0 {
            let failure = SystemCallFailure.last("connect")
            // The socket's backlog is full (connect(2)).
            guard failure.errno == .wouldBlock, ContinuousClock.now < deadline else { throw failure }
            sleep(until: min(.now + Self.pause, deadline))
        }
        // So few bytes fit into the buffer of a new connection.
        guard try connection.send(Self.request[...]) == Self.request.count else { throw Self.tooLate }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < Self.mostBytes {
            guard ContinuousClock.now < deadline else { throw Self.tooLate }
            try waitToRead([connection.number], until: deadline)
            // Sound: recv writes within the array, whose size it is given.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(connection.number, $0.baseAddress, $0.count, 0)
            }
            if count == 0 { break }
            if count < 0, errno != EAGAIN, errno != EINTR { throw .last("recv") }
            if count < 0 { continue }
            received += buffer[..<count]
            // What is not of version 1 is not FastCGI, however long one waits.
            if received.first != 1 || HealthAnswer(records: received) != nil { break }
        }
        return received
    }

    private static let tooLate = SystemCallFailure("recv", .wouldBlock)

    /// A whole request of a responder, whose connection is not kept.
    private static var request: [UInt8] {
        let named = parameters.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + record(4, named) + record(4, []) + record(5, [])
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xff), 0, 0] + content
    }
}
