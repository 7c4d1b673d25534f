import Glibc

/// How a web server has started this process.
package enum GatewayMode: Sendable, Equatable {
    /// With a listening socket on descriptor 0.
    case fastCGI
    /// For one request, which the environment describes.
    case cgi

    /// What the process looks like; nil where no web server started it, but a person at a terminal, say.
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
        if isListener(input) { return .fastCGI }
        return parameters["GATEWAY_INTERFACE"] == nil ? nil : .cgi
    }

    private static func isListener(_ descriptor: Int32) -> Bool {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        // Sound: the call fills one local integer, whose size it is given.
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size)
        return result == 0 && isListening != 0
    }
}
