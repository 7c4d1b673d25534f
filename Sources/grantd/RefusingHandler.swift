import Gateway
import GrantCore

/// Refuses every request, where something keeps this process from looking at any.
struct RefusingHandler: GatewayHandler {
    let refusal: OAuthError
    let log: RequestLog

    func respond(to request: GatewayRequest) async -> GatewayResponse {
        log.note(.refused(refusal), of: request)
        return GatewayResponse(refusing: refusal, realm: "")
    }
}
