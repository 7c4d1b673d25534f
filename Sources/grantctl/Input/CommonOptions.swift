import ArgumentParser
import FileStore
import Settings
import SystemPackage

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The state directory (default: GRANTD_STATE, or /var/lib/grantd).", valueName: "dir"),
        completion: .directory
    )
    var state: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// The settings, by the command line as well.
    func settings() throws(SettingsError) -> Settings {
        try Self.settings(state: state)
    }

    /// The settings, with another state directory if one is given.
    static func settings(state: String?) throws(SettingsError) -> Settings {
        let overrides = state.map { ["GRANTD_STATE": $0] } ?? [:]
        return try Settings.load(overrides: overrides, environment: ProcessEnvironment.current())
    }
}
