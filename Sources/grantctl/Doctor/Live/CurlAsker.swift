import Linux

/// Sends requests by the program curl. What a request holds is in a file in memory that curl reads as its standard input: no
/// list of processes shows it.
struct CurlAsker: WebAsker {
    private let program: ChildProgram
    private let authority: String?
    private let stop: Int32?

    /// Seconds for a request, all of it.
    private static let patience = 20

    /// The curl at a path.
    ///
    /// - Parameters:
    ///   - authority: a file of certificates that are trusted in place of the system's.
    ///   - stop: a descriptor that becomes readable when this process is asked to stop.
    init(path: String, environment: [String: String], authority: String?, stop: Int32?) {
        // Without settings of a user's, and without a proxy.
        let kept = environment.filter { ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"].contains($0.key) }
        program = ChildProgram(path: path, arguments: ["-q", "--config", "-"], environment: kept)
        self.authority = authority
        self.stop = stop
    }

    func answer(to request: WebRequest) throws(WebFailure) -> WebAnswer {
        let input = Array(configuration(of: request).utf8)
        let begin = ContinuousClock.now
        let outcome: ChildProgram.Outcome
        do throws(ChildProgram.Fault) {
            outcome = try program.run(input: input, within: .seconds(Self.patience + 5), stop: stop)
        } catch {
            switch error {
            case .stopped: throw .stopped
            case .tookTooLong: throw .noAnswer
            case .failed(let failure): throw .other("curl: \(failure)")
            }
        }
        let errors = String(decoding: outcome.errors, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: true
        )
        guard outcome.status == 0 else {
            throw Self.failure(outcome.status, errors.first.map(String.init) ?? "curl exits with \(outcome.status)")
        }
        guard var answer = WebAnswer(String(decoding: outcome.output, as: UTF8.self)) else {
            throw .other("what came is not HTTP")
        }
        answer.duration = .now - begin
        answer.address = errors.last.map(String.init) ?? ""
        return answer
    }

    /// The lines of a file of options (`curl(1)`, `--config`).
    private func configuration(of request: WebRequest) -> String {
        var lines = [
            "silent", "show-error", "include", "globoff", "path-as-is", "http1.1",
            "proto = \"=http,https\"", "noproxy = \"*\"",
            "connect-timeout = 5", "max-time = \(Self.patience)", "max-filesize = 1048576",
            "user-agent = \"grantctl-doctor\"",
            // The address goes to standard error, where nothing else is if there is an answer.
            "write-out = \"%{stderr}%{remote_ip}\"",
            "url = \(Self.quoted(request.url))",
            "header = \"Expect:\"",
        ]
        if request.method == "HEAD" { lines.append("head") } else { lines.append("request = \(request.method)") }
        if let authority { lines.append("cacert = \(Self.quoted(authority))") }
        lines += request.headers.map { "header = \(Self.quoted("\($0.name): \($0.value)"))" }
        if let body = request.body { lines.append("data-raw = \(Self.quoted(body))") }
        return lines.map { "\($0)\n" }.joined()
    }

    /// A value in quotes, as such a file has it.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": result += "\\\(character)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }

    /// What an exit status means (`curl(1)`, EXIT CODES).
    static func failure(_ status: Int32, _ message: String) -> WebFailure {
        let text = message.hasPrefix("curl: ") ? String(message.dropFirst(6)) : message
        return switch status {
        case 5, 6: .unknownHost
        case 7: .refused
        case 28, 52: .noAnswer
        case 35: .handshake(text)
        case 56 where text.contains("SSL"): .handshake(text)
        case 51, 60, 83, 90, 91: .certificate(text)
        case 77: .authority(text)
        default: .other(text)
        }
    }
}
