import ArgumentParser
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

    /// The path of the state directory, by the settings and the command line.
    static func statePath(overridden state: String?) throws(SettingsError) -> String {
        let overrides = state.map { ["GRANTD_STATE": $0] } ?? [:]
        return try Settings.load(overrides: overrides, environment: ProcessEnvironment.current()).state.string
    }
}
