import Doctor

/// Whether SELinux or AppArmor may keep nginx from the socket.
struct ConfinementCheck {
    /// The socket's path.
    let socket: String

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        selinuxFindings(on: machine) + appArmorFindings(on: machine)
    }

    /// Types of sockets that the policy lets `httpd_t` connect to.
    private static let allowedTypes = ["httpd_var_run_t", "httpd_tmp_t", "httpd_sys_rw_content_t"]

    private func selinuxFindings(on machine: any MachineView) -> [Finding] {
        guard machine.text(of: "/sys/fs/selinux/enforce")?.hasPrefix("1") ?? false,
            let label = machine.label(of: socket)
        else { return [] }
        let parts = label.split(separator: ":")
        guard parts.count > 2, !Self.allowedTypes.contains(String(parts[2])) else { return [] }
        return [
            Finding(
                .warning,
                "selinux",
                "SELinux enforces, and \(socket) has the type \(parts[2]), to which nginx (httpd_t) may not connect.",
                remedy: socket.isPlainPath
                    ? "Run `semanage fcontext -a -t httpd_var_run_t '\(socket)' && restorecon \(socket)`; "
                        + "`ausearch -m avc -c nginx` shows what else is denied."
                    : "Give the socket alone the type httpd_var_run_t, with semanage fcontext and restorecon."
            )
        ]
    }

    private func appArmorFindings(on machine: any MachineView) -> [Finding] {
        guard let profiles = machine.text(of: "/sys/kernel/security/apparmor/profiles") else { return [] }
        let enforced = profiles.split(separator: "\n").contains { line in
            line.hasSuffix("(enforce)") && line.split(separator: " ").first.map { $0.hasSuffix("nginx") } ?? false
        }
        guard enforced else { return [] }
        let files = ["/etc/apparmor.d", "/etc/apparmor.d/local"].flatMap { folder in
            machine.names(in: folder).filter { $0.contains("nginx") }.map { "\(folder)/\($0)" }
        }
        let directory = socket.directoriesAbove.last ?? "/"
        let isNamed = files.contains { file in
            machine.text(of: file).map { $0.contains("\(directory)/") } ?? false
        }
        guard !isNamed else { return [] }
        return [
            Finding(
                .warning,
                "apparmor",
                "AppArmor confines nginx, and none of its profile's files names \(directory).",
                remedy:
                    "Add the line `\(socket.isPlainPath ? socket : "\"PATH OF THE SOCKET\"") rw,` to the profile, such as /etc/apparmor.d/local/usr.sbin.nginx, and run "
                    + "`systemctl reload apparmor`."
            )
        ]
    }
}
