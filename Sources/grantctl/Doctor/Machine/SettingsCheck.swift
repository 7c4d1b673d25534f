import Doctor
import FileStore
import Settings

/// Whether the settings can be read, and who may change them.
struct SettingsCheck {
    /// The settings, or what is wrong with them.
    let settings: Result<Settings, SettingsError>
    /// The path of the settings file.
    let file: String

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        var findings: [Finding] = []
        if case .failure(let error) = settings {
            findings += error.problems.map {
                Finding(
                    .failure,
                    "settings-invalid",
                    $0.withoutCredentials,
                    remedy: "Correct it, see grantd.conf(5), and run `systemctl reload grantd`."
                )
            }
        }
        if let status = machine.status(of: file), status.mode & 0o022 != 0, status.isFile {
            findings.append(
                Finding(
                    .warning,
                    "settings-writable",
                    "The settings file \(file) has mode \(status.permissions): others than its owner may change it.",
                    remedy: "Run `chmod go-w \(file)`."
                )
            )
        }
        if !findings.isEmpty { return findings }
        let origin = machine.status(of: file) == nil ? "There is no \(file): the defaults apply" : "\(file) is in order"
        return [Finding(.ok, "settings", "\(origin).")]
    }
}
