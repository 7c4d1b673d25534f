/// Judges the bytes of a FastCGI request while they arrive, before libfcgi reads any of them.
///
/// libfcgi waits without a limit for what a peer leaves out, and takes lengths at their word. So it is only ever given
/// a request that this preview has found whole: a beginning, parameters and a body, in that order, of one request. One to
/// an authorizer ends with the parameters (FastCGI specification §6.3); some web servers end a body all the same.
struct RequestPreview {
    /// What is known of the bytes so far.
    enum Verdict: Equatable {
        /// More has to come.
        case incomplete
        /// All is there.
        case whole
        /// The parameters are there, and more of the body than the limit.
        case bodyOverLimit
        /// This can never become a request.
        case refused(RequestFault)
    }

    private enum Phase { case beginning, parameters, body }

    private let limits: FastCGILimits
    private var phase = Phase.beginning
    private var requestID: UInt16 = 0
    private var role: UInt8 = 0
    /// Bytes of the records that have been judged: once the request is whole, all of it.
    private(set) var examinedLength = 0
    /// Bytes of body that were seen.
    private(set) var bodyLength = 0
    private var parameterLengths = ParameterLengths()

    init(limits: FastCGILimits) {
        self.limits = limits
    }

    /// Whether padding follows the empty record that ends the body. libfcgi leaves it where it is.
    private(set) var endsWithPadding = false

    /// Whether the request ends with its body. To the other roles more may be sent (FastCGI specification §6).
    var isForResponder: Bool { role == Role.responder }

    /// Judges all the bytes of the request that have arrived, from its first; it goes on where it left off.
    mutating func examine(_ bytes: Span<UInt8>) -> Verdict {
        while bytes.count - examinedLength >= RecordHeader.length {
            let header = RecordHeader(bytes, at: examinedLength)
            if let fault = fault(of: header) { return .refused(fault) }
            guard bytes.count - examinedLength >= header.recordLength else { break }
            let start = examinedLength + RecordHeader.length
            let content = bytes.extracting(start..<start + header.contentLength)
            examinedLength += header.recordLength
            let verdict = take(content, of: header)
            if verdict != .incomplete { return verdict }
        }
        return bytes.count > limits.wire ? .refused(.wasteful) : .incomplete
    }

    /// What the header alone shows to be wrong, before its content is waited for.
    private func fault(of header: RecordHeader) -> RequestFault? {
        if header.version != 1 { return .version }
        if header.requestID == 0 { return header.type == RecordType.beginRequest ? .beginning : .management }
        switch phase {
        case .beginning:
            guard header.type == RecordType.beginRequest else { return .order }
            guard header.contentLength == 8 else { return .beginning }
            return header.paddingLength == 0 ? nil : .padding
        case .parameters:
            guard header.type == RecordType.parameters, header.requestID == requestID else { return .order }
            return header.contentLength == 0 && header.paddingLength > 0 ? .padding : nil
        case .body:
            return header.type == RecordType.standardInput && header.requestID == requestID ? nil : .order
        }
    }

    private mutating func take(_ content: Span<UInt8>, of header: RecordHeader) -> Verdict {
        switch phase {
        case .beginning:
            // The role, which libfcgi knows three of.
            role = content[1]
            guard content[0] == 0, (Role.responder...Role.filter).contains(role) else { return .refused(.beginning) }
            requestID = header.requestID
            phase = .parameters
        case .parameters where content.isEmpty:
            guard parameterLengths.endsBetweenParameters else { return .refused(.parametersCutOff) }
            if role == Role.authorizer { return .whole }
            phase = .body
        case .parameters:
            guard parameterLengths.take(content, limit: limits.parameters) else { return .refused(.parametersTooLarge) }
        case .body where content.isEmpty:
            endsWithPadding = header.paddingLength > 0
            return .whole
        case .body:
            bodyLength += content.count
            if bodyLength > limits.body { return .bodyOverLimit }
        }
        return .incomplete
    }
}
