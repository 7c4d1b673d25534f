import Glibc
package import Linux
package import SystemPackage

/// A CGI program's one request: from its environment and standard input to its standard output (RFC 3875).
package struct CGIProcess {
    private let parameters: GatewayParameters
    private let bodyLimit: Int
    private let input: FileDescriptor
    private let output: FileDescriptor
    private let observer: any GatewayObserver
    private let source: (any EventSource)?
    private let began = ContinuousClock.now

    /// The request that this process was started for.
    ///
    /// - Parameters:
    ///   - bodyLimit: bytes of body. A larger one reaches the handler as `GatewayBody.tooLarge`.
    ///   - source: what the handler waits for; nil for nothing.
    package init(
        bodyLimit: Int,
        parameters: GatewayParameters = .environment,
        input: FileDescriptor = .standardInput,
        output: FileDescriptor = .standardOutput,
        source: (any EventSource)? = nil,
        observer: any GatewayObserver
    ) {
        self.parameters = parameters
        self.bodyLimit = bodyLimit
        self.input = input
        self.output = output
        self.source = source
        self.observer = observer
    }

    /// Answers the request. One that is not whole is answered 400 and never reaches the handler.
    ///
    /// - Returns: the exit status: 0, or 1 if the request was not whole, the answer not sent or the handler says so.
    package func run(_ handler: some GatewayHandler) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        do throws(DroppedRequest) {
            let body = try readBody()
            let request = GatewayRequest(parameters: parameters, body: body, receivedAt: began)
            let response = ThreadExecutor().run(serving: source) { await handler.respond(to: request) }
            if let instant = response.heldUntil { sleep(until: instant) }
            let isSent = write(response)
            if body == .tooLarge { drain() }
            return isSent && !response.endsWorker ? 0 : 1
        } catch {
            observer.observe(.requestDropped(error))
            _ = write(GatewayResponse(status: 400))
            return 1
        }
    }

    private func readBody() throws(DroppedRequest) -> GatewayBody {
        let length = try ContentLength.of(parameters)
        guard length <= bodyLimit else { return .tooLarge }
        let body = try read(length)
        guard body.count == length else { throw .bodyLength(announced: length, received: body.count) }
        return .whole(body)
    }

    /// Reads that many bytes, fewer only if the input ends.
    private func read(_ length: Int) throws(DroppedRequest) -> [UInt8] {
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                // Sound: each read fills what the ones before it left, and counts it.
                while count < length {
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]
                    )
                    let read = try unsafe input.read(into: rest)
                    if read == 0 { return }
                    count += read
                }
            }
        } catch {
            throw .failed(SystemCallFailure("read", error as? Errno ?? .ioError))
        }
    }

    /// Reads a body that is not kept. A server that cannot write all of it may give up on the answer, as fcgiwrap does.
    private func drain() {
        var left = (try? ContentLength.of(parameters)) ?? 0
        while let waste = try? read(min(left, 65536)), !waste.isEmpty { left -= waste.count }
    }

    private func write(_ response: GatewayResponse) -> Bool {
        do {
            try output.writeAll(response.rendered())
            return true
        } catch {
            observer.observe(.answerNotSent(SystemCallFailure("write", error as? Errno ?? .ioError)))
            return false
        }
    }
}
