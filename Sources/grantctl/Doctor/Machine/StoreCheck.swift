import Doctor
import RedisStore
import Settings
import SystemPackage

/// What `grantd --check` says of the state, the clients, the audit and the engine.
struct StoreCheck {
    let settings: Settings
    /// What it says.
    let examined: StateExamination.Findings

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        if machine.isRoot, machine.status(of: settings.state.string) == nil {
            return [
                Finding(
                    .failure,
                    "state-missing",
                    "There is no state directory \(settings.state).",
                    remedy:
                        "Start grantd, or make a client: `grantctl client add`. If the state is elsewhere, name it by --state."
                )
            ]
        }
        let problems = examined.problems.map { finding(.failure, $0, on: machine) }
        let notices = examined.notices.map { finding(.warning, $0, on: machine) }
        if !problems.isEmpty || !notices.isEmpty { return problems + notices }
        return [Finding(.ok, "state", "The state in \(settings.state) and all clients are in order.")]
    }

    private func finding(
        _ severity: Finding.Severity,
        _ remark: StateExamination.Remark,
        on machine: any MachineView
    ) -> Finding {
        let text = remark.text.withoutCredentials.startingASentence
        return Finding(
            severity,
            severity == .warning ? "client-notice" : Self.name(remark.subject),
            text.hasSuffix(".") ? text : "\(text).",
            remedy: remedy(remark.subject, severity, on: machine)
        )
    }

    /// Whether a state that has been in use has lost its key.
    private func isWithoutKey(_ machine: any MachineView) -> Bool {
        machine.status(of: "\(settings.state)/tokens") != nil && machine.status(of: "\(settings.state)/key") == nil
    }

    private static func name(_ subject: StateExamination.Subject) -> String {
        switch subject {
        case .state: "state-unusable"
        case .engine: "engine-problem"
        case .clients: "clients-unreadable"
        case .client: "client-problem"
        case .keys: "keys-unusable"
        case .tokens: "tokens-damaged"
        case .audit: "audit-unwritable"
        }
    }

    private func remedy(
        _ subject: StateExamination.Subject,
        _ severity: Finding.Severity,
        on machine: any MachineView
    ) -> String {
        switch subject {
        case .state where !machine.isRoot, .clients where !machine.isRoot:
            "Run the doctor as root, or as the user that grantd runs as; then look at the state's owner and mode."
        case .state where isWithoutKey(machine):
            "Restore the key from a backup, see grantd-backup(7). Otherwise `systemctl restart grantd` makes a new one, and "
                + "every token that was issued becomes invalid."
        case .state:
            "Look at its owner and mode with `ls -ld`. If GRANTD_STATE names the right directory, give it to the user that "
                + "grantd runs as, with mode 0700; see grantd(8)."
        case .clients: "Look at the owner and the mode of the directory clients in \(settings.state)."
        case .client where severity == .warning: "`grantctl client show ID` shows the client; see grantd-client(5)."
        case .client:
            "Correct the client's file, see grantd-client(5), or give the client a new secret: `grantctl client rotate ID`."
        case .keys:
            "`grantctl key list` shows the keys, `grantctl key add` makes one; a file's mode is 0600. See grantd-keys(7)."
        case .tokens:
            "Those tokens are not accepted. If the disk is sound, remove what is damaged: `grantctl token purge`."
        case .audit:
            "While the audit cannot be written, no token is issued. Look at its directory's owner, mode and disk."
        case .engine: "`grantctl store status` shows the engine's members; see grantd-cluster(7)."
        }
    }
}
