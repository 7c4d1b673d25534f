import Glibc

@testable import Gateway

/// A web server's side of a connection, which may say anything.
struct Peer: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) {
        self.init()
        connect(to: path)
    }

    /// A peer that has yet to connect.
    init() {
        descriptor = UnixSocket.new()
    }

    deinit {
        close(descriptor)
    }

    func connect(to path: String) {
        UnixSocket.connect(descriptor, to: path)
    }

    /// Sends all of the bytes; false if the worker has closed.
    @discardableResult
    func send(_ bytes: some Sequence<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Ends the sending side alone.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// All that comes until the worker closes; nil if it has not within three seconds.
    func receiveAll() -> [UInt8]? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while isReadable(descriptor, within: .seconds(3)) {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count <= 0 { return received }
            received += buffer[..<count]
        }
        return nil
    }

    /// The stdout of an answer that ends as the protocol wants; nil if it does not.
    func answer() -> String? {
        receiveAll().flatMap(Self.standardOutput)
    }

    /// The stdout of the next answer on a connection that is kept; nil if none has come whole within three seconds.
    func nextAnswer() -> String? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while isReadable(descriptor, within: .seconds(3)) {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            received += buffer[..<count]
            if let answer = Self.standardOutput(of: received) { return answer }
        }
        return nil
    }

    /// Sends a request on a connection that is kept, and receives its answer.
    func turn(_ request: [UInt8]) -> String? {
        send(request)
        return nextAnswer()
    }

    /// Whether the worker has closed, or does within three seconds.
    func isClosed() -> Bool { receiveAll() == [] }

    /// Sends, and receives the answer.
    func exchange(_ bytes: [UInt8]) -> String? {
        send(bytes)
        return answer()
    }

    private static func standardOutput(of bytes: [UInt8]) -> String? {
        var output: [UInt8] = []
        var offset = 0
        var isEnded = false
        while bytes.count - offset >= RecordHeader.length {
            let header = RecordHeader(bytes.span, at: offset)
            let content = bytes[(offset + RecordHeader.length)...].prefix(header.contentLength)
            if header.type == 6 { output += content }
            if header.type == 3 { isEnded = Array(content) == [UInt8](repeating: 0, count: 8) }
            offset += header.recordLength
        }
        return isEnded && offset == bytes.count ? String(decoding: output, as: UTF8.self) : nil
    }
}
