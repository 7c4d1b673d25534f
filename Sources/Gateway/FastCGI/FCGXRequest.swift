import CFastCGI
import Glibc
import Linux
import SystemPackage

/// libfcgi's state of one request after the other. It lives on the heap, because libfcgi keeps its address.
///
/// It never opens or closes a descriptor, and is only ever given one that answers at once.
@safe struct FCGXRequest: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>
    /// Storage for parameters, reused from request to request.
    private var room = GatewayParameters.Storage()
    /// Buffer for answers, reused from request to request.
    private var document: [UInt8] = []

    /// The most that is written to a connection at once: it fits into any socket's empty buffer, and into libfcgi's.
    static let directAnswerSize = 8000

    init() {
        Self.initializeLibrary
        unsafe request = .allocate(capacity: 1)
        // −1: libfcgi has no listener to accept from.
        unsafe FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        unsafe FCGX_Free(request, 0)
        unsafe request.deallocate()
    }

    /// Reads the beginning and the parameters of a request (`FCGX_Accept_r`).
    ///
    /// - Parameter source: holds a whole request.
    mutating func begin(from source: inout Descriptor) throws(DroppedRequest) -> GatewayParameters {
        unsafe request.pointee.ipcFd = source.number
        // Or libfcgi would close it first, as the connection of the request before.
        unsafe request.pointee.keepConnection = 1
        let code = unsafe FCGX_Accept_r(request)
        guard code == 0 else {
            // libfcgi closes what it cannot read, whatever it has been told.
            if unsafe request.pointee.ipcFd < 0 { source.forget() }
            throw .unread(code: code)
        }
        // FCGX_Accept_r does not fail if parameters end early.
        try checkInput()
        return unsafe GatewayParameters(copying: request.pointee.envp, in: &room)
    }

    /// Whether the peer wants to send its next request on the same connection (FastCGI specification §3.5).
    var keepsConnection: Bool { unsafe request.pointee.keepConnection != 0 }

    /// Reads the body to its end (`FCGX_GetStr`).
    ///
    /// - Parameters:
    ///   - length: where CONTENT_LENGTH says that the end is, which must be so; nil if it does not, as Apache's of a
    ///     chunked request.
    ///   - limit: the most that it can be.
    func body(length: Int?, limit: Int) throws(DroppedRequest) -> [UInt8] {
        // One more is asked for, so that the end is read too and nothing stays in the socket.
        let body = unsafe [UInt8](unsafeUninitializedCapacity: (length ?? limit) + 1) { buffer, count in
            unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                count = Int(unsafe FCGX_GetStr(characters.baseAddress, Int32(characters.count), request.pointee.in))
            }
        }
        try checkInput()
        if let length, body.count != length { throw .bodyLength(announced: length, received: body.count) }
        return body
    }

    /// Ends the request with an answer: sends it at once, or prepares it if it is held or large.
    ///
    /// - Returns: the answer's records if it has yet to be sent, or nil if it was sent.
    mutating func answer(
        _ response: GatewayResponse,
        to connection: Int32
    ) throws(SystemCallFailure) -> [UInt8]? {
        document.removeAll(keepingCapacity: true)
        response.render(into: &document)
        if response.heldUntil == nil, document.count <= Self.directAnswerSize {
            try write(document, to: connection)
            return nil
        }
        let file = try MemoryFile()
        try write(document, to: file.descriptor.number)
        // A large buffer is not kept.
        if document.count > Self.directAnswerSize { document = [] }
        return try file.contents()
    }

    /// Ends the request with an answer (`FCGX_PutStr`, `FCGX_FClose`).
    ///
    /// - Parameter destination: a file, or a connection for at most `directAnswerSize` bytes.
    private func write(_ document: [UInt8], to destination: Int32) throws(SystemCallFailure) {
        unsafe request.pointee.ipcFd = destination
        unsafe document.withUnsafeBytes { bytes in
            // Sound: libfcgi copies the bytes, of which it is told the number.
            _ = unsafe FCGX_PutStr(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(bytes.count),
                request.pointee.out
            )
        }
        unsafe FCGX_FClose(request.pointee.err)
        unsafe FCGX_FClose(request.pointee.out)
        let error = unsafe FCGX_GetError(request.pointee.out)
        guard error == 0 else { throw SystemCallFailure("write", Errno(rawValue: error)) }
    }

    /// Frees what libfcgi holds of the request (`FCGX_Free`).
    func end() {
        unsafe FCGX_Free(request, 0)
    }

    private func checkInput() throws(DroppedRequest) {
        let error = unsafe FCGX_GetError(request.pointee.in)
        guard error == 0 else { throw .unread(code: error) }
    }

    /// Initializes libfcgi, once a process, and takes back the signal handlers that it installs: a worker hears signals
    /// by its `StopSource`, and a closed connection by `EPIPE`.
    private static let initializeLibrary: Void = {
        var onTerm = sigaction()
        var onUser = sigaction()
        // Sound: each call reads or fills one local structure.
        unsafe sigaction(SIGTERM, nil, &onTerm)
        unsafe sigaction(SIGUSR1, nil, &onUser)
        FCGX_Init()
        unsafe sigaction(SIGTERM, &onTerm, nil)
        unsafe sigaction(SIGUSR1, &onUser, nil)
        signal(SIGPIPE, SIG_IGN)
    }()
}
