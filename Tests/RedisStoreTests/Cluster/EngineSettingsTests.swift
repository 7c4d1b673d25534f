import Foundation
import Settings
import StoreConformance
import Testing

@testable import RedisStore

@Suite struct EngineSettingsTests {
    private func settings(_ environment: [String: String]) throws -> EngineSettings? {
        try EngineSettings(Settings.load(environment: environment.merging(["GRANTD_CONFIG": "/dev/null"]) { $1 }))
    }

    @Test func `Files need no engine`() throws {
        #expect(try settings([:]) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", "loopback", true), ("::1", "loopback", true), ("10.0.0.2", "loopback", false),
        ("10.0.0.2", "private", true), ("172.16.0.1", "private", true), ("172.32.0.1", "private", false),
        ("192.168.1.1", "private", true), ("fd00::1", "private", true), ("192.0.2.1", "private", false),
        ("2001:db8::1", "private", false), ("8.8.8.8", "loopback", false),
    ])
    func `A connection without TLS goes where the settings allow it`(host: String, plaintext: String, isAllowed: Bool)
        throws
    {
        let settings = try #require(
            try settings(["GRANTD_STORE": "redis://127.0.0.1:1", "GRANTD_STORE_PLAINTEXT": plaintext])
        )
        let endpoint = try? settings.endpoint(of: MemberName(host: host, port: 6379))
        #expect(endpoint == (isAllowed ? .tcp(host: host, port: 6379) : nil))
    }

    @Test func `Through the web server every member has a socket of its own`() throws {
        let settings = try #require(
            try settings(["GRANTD_STORE": "redis://192.0.2.1:6379", "GRANTD_STORE_VIA": "/run/redis/%h-%p.sock"])
        )
        #expect(
            try settings.endpoint(of: MemberName(host: "192.0.2.1", port: 6379))
                == .socket(path: "/run/redis/192.0.2.1-6379.sock")
        )
    }

    @Test(arguments: [
        ("secret\n", 0o600, true), ("secret", 0o640, true), ("", 0o600, false), ("\n", 0o600, false),
        ("secret", 0o644, false),
    ])
    func `A password is the first line of a file that others cannot read`(content: String, mode: Int, isGood: Bool)
        throws
    {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/password"
        try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        let environment = ["GRANTD_STORE": "redis://127.0.0.1:1", "GRANTD_STORE_PASSWORD_FILE": file]
        let password = try? settings(environment)?.password
        #expect(password == (isGood ? Array("secret".utf8) : nil))
        if !isGood {
            let error = #expect(throws: SettingsError.self) { try settings(environment) }
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func `A user needs a password`() {
        #expect(throws: SettingsError.self) {
            try settings(["GRANTD_STORE": "redis://127.0.0.1:1", "GRANTD_STORE_USER": "grantd"])
        }
    }
}
