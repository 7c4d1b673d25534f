import Encoding
import Linux
import Settings
import SystemPackage

/// Sends requests by the program `curl`, which is told everything on its standard input, by `--config -`: its arguments,
/// which every user of the machine can read, hold nothing.
///
/// Redirects are not followed, the user's `.curlrc` is not read, and a request ends in time.
struct Curl: HTTPSender {
    /// The program: a path, or a name to find along `PATH`.
    var program = "curl"
    /// A file of certificates in PEM to trust instead of the system's; nil for the system's.
    var certificateAuthority: String?
    /// Whether no proxy is asked, whatever the environment says.
    var isDirect = false
    /// What requests say that they come from; nil for curl's own words.
    var userAgent: String?
    /// Seconds until all of an answer must have come.
    var timeout = 30
    /// A descriptor that becomes readable when this process is asked to stop; nil if none does.
    var stop: Int32?

    /// Seconds until a connection must have been made.
    private static let connectionTimeout = 10
    /// The longest answer, in bytes, its headers counted.
    static let longestAnswer = 1 << 20
    /// The most of curl's own words that an error has, in characters.
    private static let longestMessage = 300

    func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
        let input = Array(try configuration(of: request).utf8)
        let start = ContinuousClock.now
        let outcome: Program.Outcome
        do throws(Program.Failure) {
            // -q has to be the first.
            outcome = try Program(program, arguments: ["-q", "--config", "-"], environment: Self.environment)
                .run(input: input, limit: Self.longestAnswer, within: .seconds(timeout + 5), stop: stop)
        } catch {
            switch error {
            case .stopped: throw .stopped
            case .tookTooLong: throw .timedOut("curl did not end within \(timeout + 5) seconds")
            case .failed(let failure): throw failure.errno == .noSuchFileOrDirectory ? .notInstalled : .notRun(failure)
            }
        }
        if outcome.isCut { throw .tooLong }
        guard outcome.status == 0 else {
            throw HTTPFailure(status: outcome.status, message: Self.message(outcome.errors))
        }
        guard var response = HTTPResponse(outcome.output) else { throw .notHTTP }
        response.duration = .now - start
        response.address = String(
            decoding: outcome.errors.split(separator: UInt8(ascii: "\n")).last ?? [],
            as: UTF8.self
        )
        return response
    }

    /// This process's environment, without the name of a file to which the keys of connections would be written.
    private static var environment: [String: String] {
        var environment = ProcessEnvironment.current()
        environment["SSLKEYLOGFILE"] = nil
        return environment
    }

    /// What curl is told, in the form of its configuration file (`curl(1)`, `--config`).
    func configuration(of request: HTTPRequest) throws(HTTPFailure) -> String {
        let isHeaderSendable = request.headers.allSatisfy { header in
            !header.name.isEmpty
                && "\(header.name)\(header.value)".unicodeScalars.allSatisfy { $0 == "\t" || !$0.isControl }
        }
        guard isHeaderSendable, request.body?.utf8.contains(0) != true else { throw .unsendable }
        var lines = [
            "silent", "show-error", "include", "suppress-connect-headers", "globoff", "path-as-is", "http1.1",
            Self.option("proto", "=http,https"), Self.option("max-redirs", "0"),
            Self.option("connect-timeout", "\(Self.connectionTimeout)"), Self.option("max-time", "\(timeout)"),
            Self.option("max-filesize", "\(Self.longestAnswer)"),
            // The address goes to standard error, where nothing else is if there is an answer.
            Self.option("write-out", "%{stderr}%{remote_ip}"),
            // A body is sent at once, without asking for 100 (Continue).
            Self.option("header", "Expect:"),
            Self.option("url", request.url), request.method == "HEAD" ? "head" : Self.option("request", request.method),
        ]
        // One without a value is written with a semicolon; with a colon curl would leave it out.
        lines += request.headers.map {
            Self.option("header", $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)")
        }
        if let body = request.body { lines.append(Self.option("data-raw", body)) }
        if let file = certificateAuthority { lines.append(Self.option("cacert", file)) }
        if isDirect { lines.append(Self.option("noproxy", "*")) }
        if let userAgent { lines.append(Self.option("user-agent", userAgent)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func option(_ name: String, _ value: String) -> String {
        var quoted = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{B}": quoted += "\\v"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\(name) = \"\(quoted)\""
    }

    /// Curl's own words in one line: without `curl: (7)` before them, and the lines of advice after the first.
    private static func message(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first ?? "no reason given"
        let words = line.hasPrefix("curl: (") ? line.drop { $0 != ")" }.dropFirst(2) : line
        return String(words.prefix(longestMessage)).printable
    }
}
