extension Setting {
    /// Every setting there is. Validation, the check for unknown names and the help texts are made from it.
    package static let all: [Setting] = [
        Setting(
            "GRANTD_STATE",
            \.state,
            .absolutePath,
            placeholder: "DIR",
            summary: "the state directory: clients/, tokens/, key"
        ),
        Setting(
            "GRANTD_ISSUER",
            \.issuer,
            .issuer,
            placeholder: "URL",
            summary: "the public URL of the mount; without it there is no /metadata"
        ),
        Setting(
            "GRANTD_REALM",
            \.realm,
            .realm,
            placeholder: "TEXT",
            summary: "the realm in challenges"
        ),
        Setting(
            "GRANTD_TOKEN_LIFETIME",
            \.tokenLifetime,
            .wholeNumber(1...31_536_000),
            placeholder: "SECONDS",
            summary: "the lifetime of tokens, unless their client sets its own"
        ),
        Setting(
            "GRANTD_TOKEN_FORMAT",
            \.tokenFormat,
            .choice(),
            placeholder: "FORMAT",
            summary: "opaque tokens, or signed ones (jwt), unless their client sets its own"
        ),
        Setting(
            "GRANTD_REQUIRE_TLS",
            \.requireTLS,
            .choice(),
            placeholder: "WHO",
            summary: "which peers must use TLS; external means all but loopback and private addresses"
        ),
        Setting(
            "GRANTD_DURABILITY",
            \.durability,
            .choice(),
            placeholder: "WHAT",
            summary: "what an issued token survives: a killed process, or a power cut (disk)"
        ),
        Setting(
            "GRANTD_FAILURE_DELAY",
            \.failureDelay,
            .wholeNumber(0...1000),
            placeholder: "MILLISECONDS",
            summary: "the time from a request to the answer to a failed authentication"
        ),
        Setting(
            "GRANTD_FAILURE_LIMIT",
            \.failureLimit,
            .wholeNumber(0...1000),
            placeholder: "FAILURES",
            summary: "failures of a client from one address before it has to wait; 0 means no limit"
        ),
        Setting(
            "GRANTD_FAILURE_WINDOW",
            \.failureWindow,
            .wholeNumber(1...86400),
            placeholder: "SECONDS",
            summary: "the longest wait, and the time after which failures expire"
        ),
        Setting(
            "GRANTD_BODY_LIMIT",
            \.bodyLimit,
            .wholeNumber(1...4_194_304),
            placeholder: "BYTES",
            summary: "the longest request body"
        ),
        Setting(
            "GRANTD_AUDIT",
            \.audit,
            .optionalFile,
            placeholder: "FILE",
            summary: "the audit, a file of JSON lines; while it cannot be written, nothing is granted"
        ),
        Setting(
            "GRANTD_CONFINEMENT",
            \.confinement,
            .choice(),
            placeholder: "SWITCH",
            summary: "whether workers give up the right to run programs, to use the network and to open other files"
        ),
        Setting(
            "GRANTD_STORE",
            \.store,
            .storePlace,
            placeholder: "PLACE",
            summary: "where tokens and clients are kept: in files of this machine, or in a Redis engine of several"
        ),
        Setting(
            "GRANTD_STORE_USER",
            \.storeUser,
            .storeUser,
            placeholder: "NAME",
            summary: "the engine's user"
        ),
        Setting(
            "GRANTD_STORE_PASSWORD_FILE",
            \.storePasswordFile,
            .optionalFile,
            placeholder: "FILE",
            summary: "the file with the password of the engine's user"
        ),
        Setting(
            "GRANTD_STORE_VIA",
            \.storeVia,
            .socketTemplate,
            placeholder: "PATH",
            summary: "the unix sockets through which the web server carries connections to the engine over TLS"
        ),
        Setting(
            "GRANTD_STORE_LOCAL",
            \.storeLocal,
            .optionalFile,
            placeholder: "PATH",
            summary: "the unix socket of the engine's member on this machine"
        ),
        Setting(
            "GRANTD_STORE_PATIENCE",
            \.storePatience,
            .wholeNumber(0...60),
            placeholder: "SECONDS",
            summary: "how long a request waits for a member of the engine that is being replaced"
        ),
        Setting(
            "GRANTD_STORE_REPLICAS",
            \.storeReplicas,
            .wholeNumber(0...5),
            placeholder: "NUMBER",
            summary: "how many replicas must confirm a revocation; 0 is for one server without a replica"
        ),
        Setting(
            "GRANTD_STORE_PLAINTEXT",
            \.storePlaintext,
            .choice(),
            placeholder: "WHERE",
            summary: "where connections to the engine may go without TLS: this machine, or private addresses too"
        ),
        Setting(
            "GRANTD_LOG_LEVEL",
            \.logLevel,
            .choice(),
            placeholder: "LEVEL",
            summary: "the lowest level of events that are logged"
        ),
        Setting(
            "GRANTD_LOG_FORMAT",
            \.logFormat,
            .choice(),
            placeholder: "FORMAT",
            summary: "the form of the log's lines: text for people, or a JSON object each"
        ),
        Setting(
            "GRANTD_METRICS",
            \.metrics,
            .choice(),
            placeholder: "SWITCH",
            summary: "whether requests are counted for /metrics and /status"
        ),
        Setting(
            "GRANTD_METRICS_CLIENTS",
            \.metricsClients,
            .choice(),
            placeholder: "SWITCH",
            summary: "whether they are counted by client too, for at most 1,000 clients"
        ),
    ]

    /// The settings for a help text, two lines each.
    package static var help: String {
        all.map { setting in
            let fallback = setting.defaultText.isEmpty ? "none" : setting.defaultText
            return """
                  \(setting.name)  \(setting.option) \(setting.placeholder)
                      \(setting.summary): \(setting.expectation) (default: \(fallback))
                """
        }
        .joined(separator: "\n")
    }
}
