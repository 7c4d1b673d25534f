import ArgumentParser
import Gateway
import Settings

/// The settings as command-line options; each overrules the environment and the file.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The settings file.", valueName: "file"), completion: .file())
    var config: String?
    @Option(help: .setting("GRANTD_STATE"), completion: .setting("GRANTD_STATE"))
    var state: String?
    @Option(help: .setting("GRANTD_ISSUER"), completion: .setting("GRANTD_ISSUER"))
    var issuer: String?
    @Option(help: .setting("GRANTD_REALM"), completion: .setting("GRANTD_REALM"))
    var realm: String?
    @Option(help: .setting("GRANTD_TOKEN_LIFETIME"), completion: .setting("GRANTD_TOKEN_LIFETIME"))
    var tokenLifetime: String?

    @Option(help: .setting("GRANTD_TOKEN_FORMAT"), completion: .setting("GRANTD_TOKEN_FORMAT"))
    var tokenFormat: String?
    @Option(help: .setting("GRANTD_REQUIRE_TLS"), completion: .setting("GRANTD_REQUIRE_TLS"))
    var requireTLS: String?
    @Option(help: .setting("GRANTD_DURABILITY"), completion: .setting("GRANTD_DURABILITY"))
    var durability: String?
    @Option(help: .setting("GRANTD_FAILURE_DELAY"), completion: .setting("GRANTD_FAILURE_DELAY"))
    var failureDelay: String?
    @Option(help: .setting("GRANTD_FAILURE_LIMIT"), completion: .setting("GRANTD_FAILURE_LIMIT"))
    var failureLimit: String?
    @Option(help: .setting("GRANTD_FAILURE_WINDOW"), completion: .setting("GRANTD_FAILURE_WINDOW"))
    var failureWindow: String?
    @Option(help: .setting("GRANTD_BODY_LIMIT"), completion: .setting("GRANTD_BODY_LIMIT"))
    var bodyLimit: String?
    @Option(help: .setting("GRANTD_CONFINEMENT"), completion: .setting("GRANTD_CONFINEMENT"))
    var confinement: String?
    @Option(help: .setting("GRANTD_AUDIT"), completion: .setting("GRANTD_AUDIT"))
    var audit: String?
    @Option(help: .setting("GRANTD_STORE"), completion: .setting("GRANTD_STORE"))
    var store: String?
    @Option(help: .setting("GRANTD_STORE_USER"), completion: .setting("GRANTD_STORE_USER"))
    var storeUser: String?
    @Option(help: .setting("GRANTD_STORE_PASSWORD_FILE"), completion: .setting("GRANTD_STORE_PASSWORD_FILE"))
    var storePasswordFile: String?
    @Option(help: .setting("GRANTD_STORE_VIA"), completion: .setting("GRANTD_STORE_VIA"))
    var storeVia: String?
    @Option(help: .setting("GRANTD_STORE_LOCAL"), completion: .setting("GRANTD_STORE_LOCAL"))
    var storeLocal: String?
    @Option(help: .setting("GRANTD_STORE_PATIENCE"), completion: .setting("GRANTD_STORE_PATIENCE"))
    var storePatience: String?
    @Option(help: .setting("GRANTD_STORE_REPLICAS"), completion: .setting("GRANTD_STORE_REPLICAS"))
    var storeReplicas: String?
    @Option(help: .setting("GRANTD_STORE_PLAINTEXT"), completion: .setting("GRANTD_STORE_PLAINTEXT"))
    var storePlaintext: String?
    @Option(help: .setting("GRANTD_LOG_LEVEL"), completion: .setting("GRANTD_LOG_LEVEL"))
    var logLevel: String?
    @Option(help: .setting("GRANTD_LOG_FORMAT"), completion: .setting("GRANTD_LOG_FORMAT"))
    var logFormat: String?
    @Option(help: .setting("GRANTD_METRICS"), completion: .setting("GRANTD_METRICS"))
    var metrics: String?
    @Option(help: .setting("GRANTD_METRICS_CLIENTS"), completion: .setting("GRANTD_METRICS_CLIENTS"))
    var metricsClients: String?

    /// What was given, by the settings' names.
    var overrides: [String: String] {
        [
            Settings.fileSetting: config,
            "GRANTD_STATE": state,
            "GRANTD_ISSUER": issuer,
            "GRANTD_REALM": realm,
            "GRANTD_TOKEN_LIFETIME": tokenLifetime,
            "GRANTD_TOKEN_FORMAT": tokenFormat,
            "GRANTD_REQUIRE_TLS": requireTLS,
            "GRANTD_DURABILITY": durability,
            "GRANTD_FAILURE_DELAY": failureDelay,
            "GRANTD_FAILURE_LIMIT": failureLimit,
            "GRANTD_FAILURE_WINDOW": failureWindow,
            "GRANTD_BODY_LIMIT": bodyLimit,
            "GRANTD_CONFINEMENT": confinement,
            "GRANTD_AUDIT": audit,
            "GRANTD_STORE": store,
            "GRANTD_STORE_USER": storeUser,
            "GRANTD_STORE_PASSWORD_FILE": storePasswordFile,
            "GRANTD_STORE_VIA": storeVia,
            "GRANTD_STORE_LOCAL": storeLocal,
            "GRANTD_STORE_PATIENCE": storePatience,
            "GRANTD_STORE_REPLICAS": storeReplicas,
            "GRANTD_STORE_PLAINTEXT": storePlaintext,
            "GRANTD_LOG_LEVEL": logLevel,
            "GRANTD_LOG_FORMAT": logFormat,
            "GRANTD_METRICS": metrics,
            "GRANTD_METRICS_CLIENTS": metricsClients,
        ].compactMapValues(\.self)
    }
}

extension Setting {
    fileprivate static func named(_ name: String) -> Setting {
        guard let setting = Setting.all.first(where: { $0.name == name }) else {
            preconditionFailure("\(name) is not in the table of settings")
        }
        return setting
    }
}

extension CompletionKind {
    /// What a shell offers for a setting's option: its values, or paths.
    fileprivate static func setting(_ name: String) -> CompletionKind {
        let setting = Setting.named(name)
        if !setting.choices.isEmpty { return .list(setting.choices) }
        return switch setting.placeholder {
        case "DIR": .directory
        case "FILE", "PATH": .file()
        default: .default
        }
    }
}

extension ArgumentHelp {
    /// The help of a setting's option, from the table of settings.
    fileprivate static func setting(_ name: String) -> ArgumentHelp {
        let setting = Setting.named(name)
        let fallback = setting.defaultText.isEmpty ? "none" : setting.defaultText
        return ArgumentHelp(
            "\(setting.name): \(setting.summary): \(setting.expectation). (default: \(fallback))",
            valueName: setting.placeholder.lowercased()
        )
    }
}

extension GatewayMode: ExpressibleByArgument {
    /// The mode that `--mode` names.
    package init?(argument: String) {
        switch argument {
        case "fastcgi": self = .fastCGI
        case "cgi": self = .cgi
        default: return nil
        }
    }
}
