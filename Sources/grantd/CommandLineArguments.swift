import GrantCore

/// The arguments of a CGI program: none.
///
/// A web server may hand a visitor's query to a CGI program as its arguments (RFC 3875 §4.4), beside or in place of those
/// that a wrapper script gives. They cannot be told apart, so none is obeyed, and none is dropped in silence: settings
/// reach a CGI program by its environment or the settings file.
enum CommandLineArguments {
    /// Why a request is not answered; nil if it may be, or if this is not a CGI program.
    static func refusal(environment: [String: String], arguments: [String] = CommandLine.arguments) -> OAuthError? {
        guard environment["GATEWAY_INTERFACE"] != nil, arguments.count > 1 else { return nil }
        let query = environment["QUERY_STRING"] ?? ""
        if !query.isEmpty, !query.contains("=") { return .invalidRequest("the URI has a query: leave it out") }
        return .unavailable(
            .unavailable(
                "a CGI program takes no arguments: set GRANTD_ variables, or the file that GRANTD_CONFIG names"
            )
        )
    }
}
