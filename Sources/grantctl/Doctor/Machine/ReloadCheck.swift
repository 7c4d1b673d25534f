import Doctor
import FileStore

/// Whether nginx has read the configuration as it is on disk.
struct ReloadCheck {
    /// The files of the configuration.
    let files: [String]
    /// The nginx that uses them.
    let nginx: NginxProcesses

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        let changed = files.filter { file in
            // Both times are of whole seconds.
            machine.status(of: file).map { $0.modified > nginx.loaded + 1 } ?? false
        }
        guard let first = changed.first else { return [] }
        let more = changed.count > 1 ? " and \(changed.count - 1) more" : ""
        return [
            Finding(
                .warning,
                "nginx-not-reloaded",
                "nginx has not been reloaded since \(first)\(more) was changed: it still uses what it read before.",
                remedy: "Run `nginx -t && systemctl reload nginx`."
            )
        ]
    }
}
