import Glibc
import Testing

@testable import Gateway

@Suite("How a process was started")
struct GatewayModeTests {
    @Test
    func `A listening socket is FastCGI, whatever the environment says`() {
        let descriptor = UnixSocket.listening(at: "/gateway-mode-\(getpid())")
        defer { close(descriptor) }
        #expect(GatewayMode.detected(parameters: [:], input: descriptor) == .fastCGI)
        #expect(GatewayMode.detected(parameters: ["GATEWAY_INTERFACE": "CGI/1.1"], input: descriptor) == .fastCGI)
    }

    @Test
    func `Anything else is CGI where the environment says so, and nothing otherwise`() {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let file = unsafe open("/dev/null", O_RDONLY)
        defer {
            close(socket)
            close(file)
        }
        for input in [socket, file, -1] {
            #expect(GatewayMode.detected(parameters: ["GATEWAY_INTERFACE": "CGI/1.1"], input: input) == .cgi)
            #expect(GatewayMode.detected(parameters: ["PATH": "/bin"], input: input) == nil)
        }
    }
}
