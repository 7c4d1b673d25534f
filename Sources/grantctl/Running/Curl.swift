import GrantCore
import Linux
import SystemPackage

/// Sends requests by the program `curl`, which is told everything on its standard input, by `--config -`: its arguments,
/// which every user of the machine can read, hold nothing.
///
/// Redirects are not followed, the user's `.curlrc` is not read, and a request ends in time.
struct Curl {
    /// The longest answer, in bytes, its headers counted.
    static let longestAnswer = 1 << 20
    /// The most of curl's own words that an error has, in characters.
    private static let longestMessage = 300

    /// Sends a request and returns the answer, whatever its status.
    func send(_ request: HTTPRequest) throws(CurlFailure) -> HTTPResponse {
        let input = Array(try Self.configuration(of: request).utf8)
        let outcome: Program.Outcome
        do throws(SystemCallFailure) {
            // -q has to be the first.
            outcome = try Program("curl", arguments: ["-q", "--config", "-"])
                .run(input: input, limit: Self.longestAnswer)
        } catch {
            throw error.errno == .noSuchFileOrDirectory ? .notInstalled : .notRun(error)
        }
        if outcome.isCut { throw .tooLong }
        guard outcome.status == 0 else {
            throw CurlFailure(status: outcome.status, message: Self.message(outcome.errors))
        }
        guard let response = HTTPResponse(outcome.output) else { throw .notHTTP }
        return response
    }

    /// What curl is told, in the form of its configuration file (`curl(1)`, `--config`).
    static func configuration(of request: HTTPRequest) throws(CurlFailure) -> String {
        let isHeaderSendable = request.headers.allSatisfy { header in
            !header.name.isEmpty
                && "\(header.name)\(header.value)".unicodeScalars.allSatisfy { $0 == "\t" || !$0.isControl }
        }
        guard isHeaderSendable, request.body?.utf8.contains(0) != true else { throw .unsendable }
        var lines = [
            "silent", "show-error", "include", "suppress-connect-headers", "globoff", "path-as-is", "http1.1",
            option("proto", "=http,https"), option("max-redirs", "0"),
            option("connect-timeout", "\(request.connectionTimeout)"), option("max-time", "\(request.timeout)"),
            option("max-filesize", "\(longestAnswer)"),
            option("url", request.url), request.method == "HEAD" ? "head" : option("request", request.method),
        ]
        // One without a value is written with a semicolon; with a colon curl would leave it out.
        lines += request.headers.map { option("header", $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)") }
        if let body = request.body { lines.append(option("data-raw", body)) }
        if let file = request.certificateAuthority { lines.append(option("cacert", file)) }
        if let destination = request.destination { lines.append(option("connect-to", "::\(destination)")) }
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

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
