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

    /// The audit of what is done to a state, by the settings; nil if there is none.
    func audit(of state: StateDirectory) throws(SettingsError) -> AuditTrail? {
        let settings = try Settings.load(environment: ProcessEnvironment.current())
        return settings.audit.map { AuditTrail(at: $0.string, of: state, durability: .disk) }
    }

    /// The path of the state directory, by the settings and the command line.
    static func statePath(overridden state: String?) throws(SettingsError) -> String {
        let overrides = state.map { ["GRANTD_STATE": $0] } ?? [:]
        return try Settings.load(overrides: overrides, environment: ProcessEnvironment.current()).state.string
    }
}
