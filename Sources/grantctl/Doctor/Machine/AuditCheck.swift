import Doctor
import FileStore
import Settings
import SystemPackage

/// Whether the audit has a disk and is rotated.
struct AuditCheck {
    let settings: Settings

    /// From this size on an audit is to be rotated, in bytes.
    private static let large: Int64 = 512 << 20

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        guard let path = settings.audit?.string, let directory = path.directoriesAbove.last else { return [] }
        let findings = VolumeCheck(path: directory, isShared: false).findings(on: machine)
        guard let size = machine.status(of: path)?.size, size > Self.large, !isRotated(path, on: machine) else {
            return findings
        }
        return findings + [
            Finding(
                .warning,
                "audit-not-rotated",
                "The audit \(path) has \(size >> 20) MB, and no file in /etc/logrotate.d names it.",
                remedy: "Name the audit in /etc/logrotate.d/grantd, which the package ships."
            )
        ]
    }

    private func isRotated(_ path: String, on machine: any MachineView) -> Bool {
        let directory = path.directoriesAbove.last ?? "/"
        return machine.names(in: "/etc/logrotate.d").contains { name in
            guard let text = machine.text(of: "/etc/logrotate.d/\(name)") else { return false }
            return text.contains(path) || text.contains("\(directory)/*")
        }
    }
}
