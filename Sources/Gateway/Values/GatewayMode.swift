import Glibc
import Linux

/// How a web server has started this process.
package enum GatewayMode: Sendable, Equatable {
    /// With a listening socket on descriptor 0.
    case fastCGI
    /// For one request, which the environment describes.
    case cgi

    /// What the process looks like; nil if no web server started it, but a person at a terminal, say.
    ///
    /// `FCGX_IsCGI` would take anything but a listener for CGI.
    ///
    /// - Parameters:
    ///   - parameters: the environment. CGI sets GATEWAY_INTERFACE in it (RFC 3875 §4.1.4).
    ///   - input: standard input.
    package static func detected(
        parameters: GatewayParameters = .environment,
        input: Int32 = STDIN_FILENO
    ) -> GatewayMode? {
        if isListening(input) { return .fastCGI }
        return parameters["GATEWAY_INTERFACE"] == nil ? nil : .cgi
    }
}
