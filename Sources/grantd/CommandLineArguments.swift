/// The arguments that the one who runs grantd gave it.
enum CommandLineArguments {
    /// The process's arguments, or none where a visitor may have written them.
    ///
    /// Some servers hand a query without `=` to a CGI program as its arguments (RFC 3875 §4.4): `?--check` is nobody's
    /// command.
    static func trusted(
        environment: [String: String],
        arguments: [String] = CommandLine.arguments
    ) -> [String] {
        let query = environment["QUERY_STRING"] ?? ""
        let isFromVisitor = environment["GATEWAY_INTERFACE"] != nil && !query.isEmpty && !query.contains("=")
        return isFromVisitor ? [] : Array(arguments.dropFirst())
    }
}
