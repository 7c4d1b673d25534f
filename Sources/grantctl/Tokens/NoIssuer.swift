import ArgumentParser

/// No URL was given, and the settings have no issuer.
struct NoIssuer: Problem {
    /// What names it on the command line.
    let option: String

    var exitCode: ExitCode { .usage }

    var description: String {
        "the issuer's URL is not known: give \(option), or set GRANTD_ISSUER, such as https://example.com/oauth2"
    }
}
