import Doctor
import FileStore
import Linux

/// Whether a worker answers on a unix socket, and whether nginx may connect to it.
struct SocketCheck {
    /// The socket's path.
    let path: String
    /// Who nginx's workers are; nil if that is not known.
    let nginx: Account?

    private static let start =
        "Start it: `systemctl start grantd.socket grantd.service`; `journalctl -u grantd` says more."

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        guard let status = machine.status(of: path) else {
            let statement = "There is no socket \(path), to which nginx passes requests."
            let remedy = machine.isRoot ? Self.start : "\(Self.start) The doctor sees more as root."
            return [Finding(.failure, "socket-missing", statement, remedy: remedy)]
        }
        guard status.isSocket else {
            let remedy = "Correct the path in upstream grantd, or move this file away. \(Self.start)"
            return [Finding(.failure, "socket-not-a-socket", "\(path) is not a socket.", remedy: remedy)]
        }
        var findings = answerFindings(on: machine) + directoryFindings(on: machine)
        if let nginx, !status.allows(.write, to: nginx) {
            findings.append(
                Finding(
                    .failure,
                    "socket-forbidden",
                    "nginx runs as \(machine.userName(nginx.user)) and may not connect to \(path), which belongs to "
                        + "\(machine.userName(status.owner)):\(machine.groupName(status.group)) and has mode "
                        + "\(status.permissions). nginx answers 502.",
                    remedy:
                        "Set SocketGroup= to nginx's group with `systemctl edit grantd.socket`, or --socket-group of "
                        + "grantd, and restart it. A change of the groups of nginx's user takes effect when nginx is restarted."
                )
            )
        }
        if status.mode & 0o002 != 0 {
            findings.append(
                Finding(
                    .warning,
                    "socket-open-to-all",
                    "Every user of this machine may connect to \(path), mode \(status.permissions), and claim any address "
                        + "and scheme for a request.",
                    remedy:
                        "Set SocketMode=0660 with `systemctl edit grantd.socket`, and nginx's group as SocketGroup=."
                )
            )
        }
        return findings.isEmpty ? [Finding(.ok, "socket", "A worker answers on \(path).")] : findings
    }

    private func answerFindings(on machine: any MachineView) -> [Finding] {
        func failure(_ name: String, _ statement: String, _ remedy: String) -> [Finding] {
            [Finding(.failure, name, statement, remedy: remedy)]
        }
        switch machine.health(onSocket: path) {
        case .health(200, _): return []
        case .health(let status, let reason):
            let why = reason.map { ": \($0)" } ?? ""
            let remedy = "The log says what fails: `journalctl -u grantd`."
            return failure("health-failing", "The worker on \(path) answers \(status)\(why).", remedy)
        case .missing:
            return failure("socket-missing", "There is no socket \(path).", Self.start)
        case .refused:
            return failure("socket-refused", "Nothing listens on \(path): nginx answers 502.", Self.start)
        case .silent:
            let remedy = "Restart it: `systemctl restart grantd`."
            return failure("socket-silent", "What listens on \(path) does not answer: nginx answers 504.", remedy)
        case .garbled:
            let remedy = "Another program has the socket: `ss -xlp` shows which. grantd wants one of its own."
            return failure("socket-foreign", "What listens on \(path) does not answer as grantd does.", remedy)
        case .forbidden:
            return [
                Finding(
                    .warning,
                    "socket-not-asked",
                    "This user may not connect to \(path): whether a worker answers is not known.",
                    remedy: "Run the doctor as root."
                )
            ]
        case .failed(let text):
            return failure("socket-fails", "The socket \(path) cannot be used: \(text).", Self.start)
        }
    }

    private func directoryFindings(on machine: any MachineView) -> [Finding] {
        guard let nginx else { return [] }
        return path.directoriesAbove.compactMap { directory in
            guard let status = machine.status(of: directory), !status.allows(.search, to: nginx) else { return nil }
            return Finding(
                .failure,
                "socket-directory-closed",
                "nginx runs as \(machine.userName(nginx.user)) and may not pass through \(directory), mode "
                    + "\(status.permissions), to \(path). nginx answers 502.",
                remedy: "Put the socket elsewhere, such as /run/grantd, or let nginx's user through"
                    + (directory.isPlainPath ? ": `setfacl -m u:\(machine.userName(nginx.user)):x \(directory)`." : ".")
            )
        }
    }
}

extension String {
    /// The directories above an absolute path, the root first.
    var directoriesAbove: [String] {
        let parts = split(separator: "/").dropLast()
        return ["/"] + parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
    }
}
