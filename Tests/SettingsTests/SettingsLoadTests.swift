import Glibc
import SystemPackage
import Testing

@testable import Settings

/// Keeps the machine's own settings file out of a test.
private let noFile = [Settings.fileSetting: "/dev/null"]

private func load(_ values: [String: String], overrides: [String: String] = [:]) throws -> Settings {
    try Settings.load(overrides: overrides, environment: values.merging(noFile) { first, _ in first })
}

private func problems(_ values: [String: String], overrides: [String: String] = [:]) -> [String] {
    do {
        _ = try load(values, overrides: overrides)
        return []
    } catch {
        return (error as? SettingsError)?.problems ?? ["\(error)"]
    }
}

@Suite struct SettingsLoadTests {
    @Test func `Nothing said gives the documented defaults`() throws {
        let settings = try load([:])
        #expect(settings == Settings())
        #expect(settings.state == "/var/lib/grantd")
        #expect(settings.issuer == nil)
        #expect(settings.tokenLifetime == 3600)
        #expect(settings.bodyLimit == 16384)
    }

    @Test func `Every setting's default is a value that it takes`() throws {
        for setting in Setting.all {
            #expect(try load([setting.name: setting.defaultText]) == Settings(), "\(setting.name)")
        }
    }

    @Test func `Every setting arrives at its own property`() throws {
        var expected = Settings()
        expected.state = "/srv/grantd"
        expected.issuer = "https://example.com/oauth2"
        expected.realm = "machines"
        expected.tokenLifetime = 60
        expected.tokenFormat = .jwt
        expected.requireTLS = .all
        expected.durability = .disk
        expected.failureDelay = 0
        expected.failureLimit = 0
        expected.failureWindow = 60
        expected.bodyLimit = 1
        expected.confinement = .off
        expected.audit = "/var/log/grantd/audit.jsonl"
        expected.store = try #require(StorePlace("redis://10.0.0.1:6379,[fd00::1]:6380"))
        expected.storeUser = "grantd"
        expected.storePasswordFile = "/run/credentials/grantd/password"
        expected.storeVia = "/run/grantd/redis/%h-%p.sock"
        expected.storeLocal = "/run/redis/redis.sock"
        expected.storePatience = 3
        expected.storeReplicas = 0
        expected.storePlaintext = .private
        expected.logLevel = .debug
        expected.logFormat = .json
        expected.metrics = .off
        expected.metricsClients = .on
        let values = [
            "GRANTD_STATE": "/srv/grantd", "GRANTD_ISSUER": "https://example.com/oauth2", "GRANTD_REALM": "machines",
            "GRANTD_TOKEN_LIFETIME": "60", "GRANTD_TOKEN_FORMAT": "jwt", "GRANTD_REQUIRE_TLS": "all",
            "GRANTD_DURABILITY": "disk",
            "GRANTD_FAILURE_DELAY": "0", "GRANTD_FAILURE_LIMIT": "0", "GRANTD_FAILURE_WINDOW": "60",
            "GRANTD_BODY_LIMIT": "1", "GRANTD_CONFINEMENT": "off", "GRANTD_LOG_LEVEL": "debug",
            "GRANTD_AUDIT": "/var/log/grantd/audit.jsonl", "GRANTD_STORE": "redis://10.0.0.1:6379,[fd00::1]:6380",
            "GRANTD_STORE_USER": "grantd", "GRANTD_STORE_PASSWORD_FILE": "/run/credentials/grantd/password",
            "GRANTD_STORE_VIA": "/run/grantd/redis/%h-%p.sock", "GRANTD_STORE_LOCAL": "/run/redis/redis.sock",
            "GRANTD_STORE_PATIENCE": "3", "GRANTD_STORE_REPLICAS": "0", "GRANTD_STORE_PLAINTEXT": "private",
            "GRANTD_LOG_FORMAT": "json", "GRANTD_METRICS": "off", "GRANTD_METRICS_CLIENTS": "on",
        ]
        #expect(values.count == Setting.all.count)
        #expect(try load(values) == expected)
    }

    @Test func `The environment wins over the file, and the command line over both`() throws {
        try withFile("GRANTD_REALM=file\nGRANTD_TOKEN_LIFETIME=1\nGRANTD_BODY_LIMIT=1") { path in
            let settings = try Settings.load(
                overrides: [Settings.fileSetting: path, "GRANTD_REALM": "option"],
                environment: ["GRANTD_REALM": "environment", "GRANTD_TOKEN_LIFETIME": "2"]
            )
            #expect(settings.realm == "option")
            #expect(settings.tokenLifetime == 2)
            #expect(settings.bodyLimit == 1)
        }
    }

    @Test(arguments: [
        ("GRANTD_TOKEN_LIFETIME", "0"), ("GRANTD_TOKEN_LIFETIME", "31536001"), ("GRANTD_TOKEN_LIFETIME", "+5"),
        ("GRANTD_TOKEN_LIFETIME", "1w"), ("GRANTD_TOKEN_LIFETIME", ""), ("GRANTD_TOKEN_LIFETIME", " 5"),
        ("GRANTD_TOKEN_LIFETIME", "99999999999999999999"), ("GRANTD_FAILURE_DELAY", "1001"),
        ("GRANTD_FAILURE_DELAY", "-1"), ("GRANTD_BODY_LIMIT", "0"), ("GRANTD_BODY_LIMIT", "4194305"),
        ("GRANTD_STATE", ""), ("GRANTD_STATE", "state"), ("GRANTD_REQUIRE_TLS", "yes"), ("GRANTD_DURABILITY", "Disk"),
        ("GRANTD_CONFINEMENT", "yes"), ("GRANTD_AUDIT", "audit.jsonl"), ("GRANTD_LOG_LEVEL", "verbose"),
        ("GRANTD_REALM", ""), ("GRANTD_REALM", "a\"b"), ("GRANTD_REALM", "a\\b"),
        ("GRANTD_REALM", "a\nb"), ("GRANTD_REALM", "é"), ("GRANTD_REALM", String(repeating: "a", count: 201)),
    ])
    func `A value out of range is named, with its place and what would be right`(name: String, value: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        let shown = String(value.prefix(80)).debugDescription
        #expect(
            problems([name: value]) == ["\(name) is \(shown) in the environment: it takes \(setting.expectation)."]
        )
    }

    @Test func `An unknown name is refused with the one that may be meant, or the names that there are`() {
        #expect(
            problems(["GRANTD_STAT": "/x"])
                == ["GRANTD_STAT in the environment is not a setting of grantd. Did you mean GRANTD_STATE?"]
        )
        let strange = problems(["GRANTD_BANANA": "1"])
        #expect(strange.first?.contains("There are GRANTD_STATE, GRANTD_ISSUER,") == true)
        let found = problems(["GRANTD_TOKEN_LIFTIME": "1", "HOME": "/", "PATH_GRANTD": "x"])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("GRANTD_TOKEN_LIFTIME in the environment is not a setting") == true)
        #expect(found.first?.contains("GRANTD_TOKEN_LIFETIME") == true)
    }

    @Test func `All that is wrong is told together, an overruled value as well`() {
        let found = problems(
            ["GRANTD_REALM": "", "GRANTD_X": "1", "GRANTD_BODY_LIMIT": "0"],
            overrides: ["GRANTD_BODY_LIMIT": "5", "GRANTD_STATE": "here"]
        )
        #expect(found.count == 4)
        #expect(found.last?.contains("on the command line") == true)
    }

    @Test func `A file that is named has to be there, the default one need not`() throws {
        let path = "/nonexistent/grantd.conf"
        #expect(throws: SettingsError.self) { try Settings.load(environment: [Settings.fileSetting: path]) }
        #expect(throws: SettingsError.self) {
            try Settings.load(overrides: [Settings.fileSetting: path], environment: [:])
        }
        let found = problems([:], overrides: [Settings.fileSetting: path])
        #expect(found == ["The settings file \(path) cannot be read: No such file or directory."])
    }

    @Test(arguments: [
        ("GRANTD_TOKEN_LIFETIME", "1h", "is in seconds: 3600"),
        ("GRANTD_TOKEN_LIFETIME", "7d", "is in seconds: 604800"),
        ("GRANTD_FAILURE_WINDOW", "90s", "is in seconds: 90"),
        ("GRANTD_FAILURE_DELAY", "1s", "is in milliseconds: 1000"),
        ("GRANTD_FAILURE_DELAY", "250ms", "is in milliseconds: 250"),
    ])
    func `A duration with a unit is refused with the number to write`(name: String, value: String, remedy: String) {
        #expect(problems([name: value]) == ["\(name) is \"\(value)\" in the environment: it \(remedy)."])
    }

    @Test(arguments: [
        ("GRANTD_TOKEN_LIFETIME", "1w"), ("GRANTD_TOKEN_LIFETIME", "500ms"), ("GRANTD_TOKEN_LIFETIME", "400d"),
        ("GRANTD_FAILURE_LIMIT", "1h"), ("GRANTD_TOKEN_LIFETIME", "h"),
    ])
    func `What is not a number of seconds either is refused like any other value`(name: String, value: String) {
        #expect(problems([name: value]).first?.contains("it takes a whole number from") == true)
    }

    @Test func `An option is called as its setting is`() {
        #expect(
            Setting.all.map(\.option) == [
                "--state", "--issuer", "--realm", "--token-lifetime", "--token-format", "--require-tls", "--durability",
                "--failure-delay", "--failure-limit", "--failure-window", "--body-limit", "--audit", "--confinement",
                "--store", "--store-user", "--store-password-file", "--store-via", "--store-local", "--store-patience",
                "--store-replicas", "--store-plaintext", "--log-level", "--log-format", "--metrics",
                "--metrics-clients",
            ]
        )
        for setting in Setting.all { #expect(Setting.help.contains(setting.option)) }
    }
}

/// Runs the body with the path of a file that holds the text.
func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = "/tmp/grantd-settings-\(UInt64.random(in: .min ... .max)).conf"
    let file = try FileDescriptor.open(
        FilePath(path),
        .writeOnly,
        options: [.create, .exclusiveCreate],
        permissions: .ownerReadWrite
    )
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
    defer { _ = unsafe unlink(path) }
    try body(path)
}
