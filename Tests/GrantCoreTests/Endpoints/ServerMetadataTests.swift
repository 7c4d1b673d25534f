import GrantCore
import Testing

/// RFC 8414 §2.
struct ServerMetadataTests {
    @Test func `it says where everything is and what it takes`() {
        #expect(
            ServerMetadata(issuer: "https://example.com/oauth2").json
                == #"{"issuer":"https://example.com/oauth2","#
                + #""token_endpoint":"https://example.com/oauth2/token","#
                + #""introspection_endpoint":"https://example.com/oauth2/introspect","#
                + #""revocation_endpoint":"https://example.com/oauth2/revoke","#
                + #""grant_types_supported":["client_credentials"],"response_types_supported":[],"#
                + #""token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"#
                + #""introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"#
                + #""revocation_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]}"#
        )
    }
}
