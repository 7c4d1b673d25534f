import Counters
import Doctor
import FileStore
import Linux
import Monitoring
import RedisStore
import Settings
import SystemPackage

/// Looks at all of a machine that grantd stands on.
struct MachineExamination {
    /// The settings, or what is wrong with them.
    let settings: Result<Settings, SettingsError>
    /// The path of the settings file.
    let settingsFile: String
    /// The workers' sockets, as the site names them.
    let sockets: [String]
    /// nginx's configuration; nil if none was read.
    let site: SiteReading?
    /// The configuration that nginx's command line names; nil for the one that is compiled in.
    let nginxConfiguration: String?

    /// The socket of the package.
    static let usualSocket = "/run/grantd/grantd.sock"

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        var findings = SettingsCheck(settings: settings, file: settingsFile).findings(on: machine)
        var workers: [Int32] = []
        if case .success(let settings) = settings {
            let status = status(by: settings)
            workers = status?.document.workers.map(\.process) ?? []
            findings += stateFindings(settings, status, on: machine)
        }
        let nginx = NginxProcesses(using: nginxConfiguration, on: machine)
        let account = nginx?.workers ?? site?.user.flatMap(machine.account)
        for socket in sockets {
            findings += SocketCheck(path: socket, nginx: account).findings(on: machine)
            findings += ConfinementCheck(socket: socket).findings(on: machine)
        }
        findings += ServiceCheck().findings(on: machine) + ProgramCheck(workers: workers).findings(on: machine)
        if let site, let nginx { findings += ReloadCheck(files: site.files, nginx: nginx).findings(on: machine) }
        return findings
    }

    private func stateFindings(
        _ settings: Settings,
        _ status: LocalStatus?,
        on machine: any MachineView
    ) -> [Finding] {
        let examined = StateExamination(settings).findings()
        var findings = StoreCheck(settings: settings, examined: examined).findings(on: machine)
        findings += VolumeCheck(path: settings.state.string, isShared: true).findings(on: machine)
        findings += ClockCheck(settings: settings).findings(on: machine)
        findings += AuditCheck(settings: settings).findings(on: machine)
        if let status {
            findings += WorkersCheck(document: status.document, fault: status.fault).findings()
        }
        return findings
    }

    /// What the workers have counted; nil if there is no state to look in.
    private func status(by settings: Settings) -> LocalStatus? {
        try? ThreadExecutor().run { try await LocalStatus(settings, at: KernelFileSystem().now) }
    }
}
