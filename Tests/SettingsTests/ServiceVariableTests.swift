import Testing

@testable import Settings

struct ServiceVariableTests {
    @Test(arguments: [
        ("GRANTD_SERVICE_HOST", "10.0.0.1"), ("GRANTD_SERVICE_PORT", "80"), ("GRANTD_SERVICE_PORT_HTTP", "80"),
        ("GRANTD_PORT", "tcp://10.0.0.1:80"), ("GRANTD_PORT", "udp://10.0.0.1:80"),
        ("GRANTD_PORT_80_TCP", "tcp://10.0.0.1:80"), ("GRANTD_PORT_80_TCP_PROTO", "tcp"),
        ("GRANTD_PORT_8080_UDP_PORT", "8080"), ("GRANTD_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("GRANTD_METRICS_SERVICE_HOST", "10.0.0.1"), ("GRANTD_METRICS_PORT", "tcp://10.0.0.1:80"),
        ("GRANTD_METRICS_PORT_80_TCP_ADDR", "10.0.0.1"), ("GRANTD_NAME", "/web/grantd"), ("GRANTD_ENV_PATH", "/bin"),
    ])
    func `what a container platform sets is not a setting`(name: String, value: String) throws {
        #expect(ServiceVariable.isOne(name, value))
        let settings = try Settings.load(environment: [name: value, "GRANTD_CONFIG": "/dev/null", "GRANTD_REALM": "x"])
        #expect(settings.realm == "x")
    }

    @Test(arguments: [
        ("GRANTD_PORT", "8080"), ("GRANTD_PORTS", "tcp://10.0.0.1:80"), ("GRANTD_PORT_TCP", "x"),
        ("GRANTD_SERVICE", "x"),
        ("GRANTD_SERVICE_HOSTS", "x"), ("GRANTD_PORT_80", "x"), ("GRANTD_NAME", "x"), ("GRANTD_LIFETIME", "1"),
        ("GRANTD_PORT_80_TCP_NAME", "x"), ("GRANTD_", "x"), ("GRANTD_ENVIRONMENT", "x"),
    ])
    func `any other name is an error`(name: String, value: String) {
        #expect(!ServiceVariable.isOne(name, value))
        #expect(throws: SettingsError.self) {
            try Settings.load(environment: [name: value, "GRANTD_CONFIG": "/dev/null"])
        }
    }

    @Test func `in the file and on the command line they are errors`() {
        #expect(throws: SettingsError.self) {
            try Settings.load(overrides: ["GRANTD_SERVICE_HOST": "x"], environment: ["GRANTD_CONFIG": "/dev/null"])
        }
    }

    @Test(arguments: ["/audit", "//audit", "/./audit", "/x/../audit", "/"])
    func `an audit in the root directory is refused`(path: String) {
        #expect(throws: SettingsError.self) {
            try Settings.load(environment: ["GRANTD_AUDIT": path, "GRANTD_CONFIG": "/dev/null"])
        }
    }
}
