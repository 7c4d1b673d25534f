import Testing

@testable import grantd

struct CommandLineArgumentsTests {
    @Test(
        arguments: [
            ([:], true), (["QUERY_STRING": "--check"], true), (["GATEWAY_INTERFACE": "CGI/1.1"], true),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": ""], true),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "a=b"], true),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "--check"], false),
            (["GATEWAY_INTERFACE": "", "QUERY_STRING": "--state+/tmp"], false),
        ] as [([String: String], Bool)]
    )
    func `what a visitor may have written is no command`(environment: [String: String], isTrusted: Bool) {
        let arguments = CommandLineArguments.trusted(
            environment: environment,
            arguments: ["grantd", "--check", "--state", "/tmp"]
        )
        #expect(arguments == (isTrusted ? ["--check", "--state", "/tmp"] : []))
    }
}
