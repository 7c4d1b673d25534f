import GrantCore
import Testing

@testable import grantd

struct CommandLineArgumentsTests {
    @Test(
        arguments: [
            ([:], ["--check"], nil), (["QUERY_STRING": "--check"], ["--check"], nil),
            (["GATEWAY_INTERFACE": "CGI/1.1"], [], nil),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "x"], [], nil),
            (["GATEWAY_INTERFACE": "CGI/1.1"], ["--check"], 503),
            (["GATEWAY_INTERFACE": "", "QUERY_STRING": ""], ["--audit", "/var/log/a"], 503),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "a=b"], ["--audit", "/var/log/a"], 503),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "--check"], ["--check"], 400),
            (["GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": "x"], ["--audit", "/var/log/a", "x"], 400),
        ] as [([String: String], [String], Int?)]
    )
    func `a CGI program takes no arguments, from nobody`(
        environment: [String: String],
        arguments: [String],
        status: Int?
    ) {
        let refusal = CommandLineArguments.refusal(environment: environment, arguments: ["grantd"] + arguments)
        #expect(refusal?.status == status)
    }
}
