import Counters
import Doctor
import FileStore
import Linux
import Monitoring
import RedisStore
import Settings
import SystemPackage
import Testing

@testable import grantctl

@Suite struct MachineChecksTests {
    private static let socket = "/run/grantd/grantd.sock"
    private static let nginx = Account(user: 33, groups: [33])

    /// A machine on which all is in order.
    private static var sound: MadeMachine {
        var machine = MadeMachine()
        machine.files = [
            "/": MadeMachine.status(0o040755), "/run": MadeMachine.status(0o040755),
            "/run/grantd": MadeMachine.status(0o040755),
            socket: MadeMachine.status(0o140660, group: 33),
            "/var/lib/grantd": MadeMachine.status(0o040700), "/var/lib/grantd/key": MadeMachine.status(0o100600),
            "/run/systemd/system": MadeMachine.status(0o040755),
            "/etc/grantd/grantd.conf": MadeMachine.status(0o100644),
        ]
        machine.answers = [socket: .health(status: 200, reason: nil)]
        machine.volumes = [
            "/var/lib/grantd": Volume(
                type: 0xEF53,
                size: 1 << 40,
                available: 1 << 39,
                files: 1 << 20,
                freeFiles: 1 << 19,
                isReadOnly: false
            )
        ]
        let units = ["grantd.socket", "grantd.service"].map {
            "Id=\($0)\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
        }
        machine.programs = [
            "systemctl": MadeMachine.outcome(units.joined(separator: "\n")),
            "grantd": MadeMachine.outcome("\(version)\n"),
            "/usr/bin/grantd": MadeMachine.outcome("\(version)\n"),
        ]
        machine.links = ["/proc/7/exe": "/usr/bin/grantd"]
        return machine
    }

    private static var settings: Settings { Settings() }

    private func faults(_ machine: MadeMachine, _ settings: Settings = settings) -> [String] {
        var findings = SettingsCheck(settings: .success(settings), file: "/etc/grantd/grantd.conf").findings(
            on: machine
        )
        findings += SocketCheck(path: Self.socket, nginx: Self.nginx).findings(on: machine)
        findings += ConfinementCheck(socket: Self.socket).findings(on: machine)
        findings += VolumeCheck(path: "/var/lib/grantd", isShared: true).findings(on: machine)
        findings += ClockCheck(settings: settings).findings(on: machine)
        findings += AuditCheck(settings: settings).findings(on: machine)
        findings += ServiceCheck().findings(on: machine)
        findings += ProgramCheck(workers: [7]).findings(on: machine)
        let found = findings.filter { $0.severity != .ok }
        #expect(found.allSatisfy { $0.remedy != nil })
        return found.map(\.name)
    }

    @Test func `a machine in order has no findings`() {
        #expect(faults(Self.sound) == [])
    }

    /// A fault of a machine, and the names of what is found then.
    struct Row: Sendable, CustomTestStringConvertible {
        let names: [String]
        let break_: @Sendable (inout MadeMachine) -> Void
        init(_ names: String..., breaking: @escaping @Sendable (inout MadeMachine) -> Void) {
            (self.names, break_) = (names, breaking)
        }
        var testDescription: String { names.joined(separator: " ") }
    }

    static let rows: [Row] = [
        Row("settings-writable") { $0.files["/etc/grantd/grantd.conf"]?.mode = 0o100666 },
        Row("socket-missing") { $0.files[socket] = nil },
        Row("socket-not-a-socket") { $0.files[socket]?.mode = 0o100660 },
        Row("socket-refused") { $0.answers[socket] = .refused },
        Row("socket-silent") { $0.answers[socket] = .silent },
        Row("socket-foreign") { $0.answers[socket] = .garbled },
        Row("socket-not-asked") { $0.answers[socket] = .forbidden },
        Row("socket-fails") { $0.answers[socket] = .failed("connect: no") },
        Row("health-failing") { $0.answers[socket] = .health(status: 503, reason: "the disk is full") },
        Row("socket-forbidden") { $0.files[socket]?.group = 0 },
        Row("socket-forbidden") { $0.files[socket]?.mode = 0o140640 },
        Row("socket-open-to-all") { $0.files[socket]?.mode = 0o140666 },
        Row("socket-directory-closed") { $0.files["/run/grantd"]?.mode = 0o040750 },
        Row("selinux") {
            $0.texts["/sys/fs/selinux/enforce"] = "1"
            $0.labels[socket] = "system_u:object_r:var_run_t:s0"
        },
        Row("apparmor") {
            $0.texts["/sys/kernel/security/apparmor/profiles"] = "/usr/sbin/nginx (enforce)\n"
        },
        Row("disk-on-network") { $0.volumes["/var/lib/grantd"]?.type = 0x6969 },
        Row("disk-in-memory") { $0.volumes["/var/lib/grantd"]?.type = 0x0102_1994 },
        Row("disk-read-only") { $0.volumes["/var/lib/grantd"]?.isReadOnly = true },
        Row("disk-full") { $0.volumes["/var/lib/grantd"]?.available = 1 << 20 },
        Row("disk-nearly-full") { $0.volumes["/var/lib/grantd"]?.available = 100 << 20 },
        Row("disk-files") { $0.volumes["/var/lib/grantd"]?.freeFiles = 3 },
        Row("clock-wrong") { $0.now = 1000 },
        Row("clock-behind") { $0.files["/var/lib/grantd/key"]?.modifiedAt = ($0.now + 100) * 1_000_000_000 },
        Row("unit-not-active", "unit-not-active") {
            let units = ["grantd.socket", "grantd.service"].map {
                "Id=\($0)\nLoadState=loaded\nActiveState=failed\nUnitFileState=enabled\n"
            }
            $0.programs["systemctl"] = MadeMachine.outcome(units.joined(separator: "\n"))
        },
        Row("unit-not-enabled") {
            $0.programs["systemctl"] = MadeMachine.outcome(
                "Id=grantd.socket\nLoadState=loaded\nActiveState=active\nUnitFileState=disabled\n"
            )
        },
        Row("program-replaced") { $0.links["/proc/7/exe"] = "/usr/bin/grantd (deleted)" },
        Row("versions-differ") { $0.programs["grantd"] = MadeMachine.outcome("99.0\n") },
    ]

    @Test(arguments: rows)
    func `each fault is found, and no other`(row: Row) {
        var machine = Self.sound
        row.break_(&machine)
        #expect(faults(machine) == row.names)
    }

    @Test func `what the policy allows is not a finding`() {
        var machine = Self.sound
        machine.texts["/sys/fs/selinux/enforce"] = "1"
        machine.labels[Self.socket] = "system_u:object_r:httpd_var_run_t:s0"
        machine.texts["/sys/kernel/security/apparmor/profiles"] = "/usr/sbin/nginx (enforce)\n"
        machine.folders["/etc/apparmor.d"] = ["usr.sbin.nginx"]
        machine.texts["/etc/apparmor.d/usr.sbin.nginx"] = "/run/grantd/grantd.sock rw,"
        #expect(faults(machine) == [])
    }

    @Test func `an active socket starts the service when it is needed`() {
        var machine = Self.sound
        machine.programs["systemctl"] = MadeMachine.outcome(
            "Id=grantd.socket\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n"
                + "Id=grantd.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n"
        )
        #expect(faults(machine) == [])
    }

    @Test func `a program that a worker's counters name is not run`() {
        var machine = Self.sound
        machine.links["/proc/7/exe"] = "/tmp/evil"
        machine.programs["/tmp/evil"] = MadeMachine.outcome("99.0\n")
        #expect(faults(machine) == [])
    }

    @Test func `remedies concern the socket alone`() {
        var machine = Self.sound
        machine.texts["/sys/fs/selinux/enforce"] = "1"
        machine.texts["/sys/kernel/security/apparmor/profiles"] = "/usr/sbin/nginx (enforce)\n"
        let weakening = ["setenforce", "setsebool", "aa-complain", "aa-disable", " -R"]
        for socket in [Self.socket, "/run/a b/x.sock"] {
            machine.labels[socket] = "system_u:object_r:var_run_t:s0"
            let remedies = ConfinementCheck(socket: socket).findings(on: machine).compactMap(\.remedy)
            #expect(remedies.count == 2)
            #expect(remedies.allSatisfy { remedy in !weakening.contains { remedy.contains($0) } })
            // What is not plain is not put into a command.
            #expect(remedies.allSatisfy { $0.contains(socket) } == (socket == Self.socket))
        }
        machine.files["/run/grantd"]?.mode = 0o040750
        let closed = SocketCheck(path: Self.socket, nginx: Self.nginx).findings(on: machine)
        #expect(closed.contains { $0.remedy?.contains("setfacl -m u:www-data:x /run/grantd") ?? false })
    }

    @Test func `units that systemd does not know are no finding`() {
        var machine = Self.sound
        machine.programs["systemctl"] = MadeMachine.outcome(
            "Id=grantd.socket\nLoadState=not-found\nActiveState=inactive\n"
        )
        #expect(faults(machine) == [])
        machine.files["/run/systemd/system"] = nil
        machine.programs["systemctl"] = nil
        #expect(faults(machine) == [])
    }

    @Test func `a large audit is to be rotated`() {
        var settings = Settings()
        settings.audit = "/var/log/grantd/audit.jsonl"
        var machine = Self.sound
        machine.files["/var/log/grantd/audit.jsonl"] = MadeMachine.status(0o100600, size: 1 << 30)
        #expect(faults(machine, settings) == ["audit-not-rotated"])
        machine.folders["/etc/logrotate.d"] = ["grantd"]
        machine.texts["/etc/logrotate.d/grantd"] = "/var/log/grantd/*.jsonl {\n}\n"
        #expect(faults(machine, settings) == [])
    }

    @Test func `several machines need one time`() {
        var settings = Settings()
        settings.store = .socket(path: "/run/redis.sock")
        var machine = Self.sound
        machine.isClockSynchronised = false
        #expect(faults(machine, settings) == ["clock-not-synchronised"])
        #expect(faults(machine) == [])
    }

    @Test func `an error in the settings shows no password`() {
        let error = SettingsError(problems: ["GRANTD_STORE is redis://me:secret@10.0.0.1:1 in a:1: it takes files."])
        let findings = SettingsCheck(settings: .failure(error), file: "a").findings(on: Self.sound)
        #expect(findings.map(\.name) == ["settings-invalid"])
        #expect(findings[0].statement == "GRANTD_STORE is redis://…@10.0.0.1:1 in a:1: it takes files.")
        #expect("a://b@c d://e:f@g".withoutCredentials == "a://…@g" && "a@b".withoutCredentials == "a@b")
    }

    @Test func `workers that do not serve are found`() {
        var document = StatusDocument()
        document.time = 1000
        func names(_ change: (inout StatusDocument) -> Void = { _ in }, fault: CountersFault? = nil) -> [String] {
            var changed = document
            changed.pool.size = 2
            changed.pool.serving = 2
            change(&changed)
            return WorkersCheck(document: changed, fault: fault).findings().map(\.name)
        }
        #expect(names() == ["workers"])
        #expect(names { $0.pool.serving = 0 } == ["no-worker"])
        #expect(names { $0.pool.serving = 1 } == ["workers-missing"])
        #expect(names { $0.pool.lastRestart = 900 } == ["workers-die"])
        #expect(names { $0.lastHour.auditFailures = 1 } == ["audit-lines-lost"])
        let refusal = StatusDocument.Refusal(error: "invalid_request", reason: "insecure_transport", count: 3)
        #expect(names { $0.lastHour.refusals = [refusal] } == ["refused-in-clear"])
        #expect(names(fault: .otherVersion) == ["counters-unreadable"])
        #expect(names { $0.countersFault = "off" } == [])
    }

    @Test func `a lost key has a remedy of its own`() {
        var machine = Self.sound
        var examined = StateExamination.Findings()
        examined.problems = [StateExamination.Remark(subject: .state, text: "it is so")]
        let state = Settings().state
        func remedy() -> String? {
            StoreCheck(settings: Settings(), examined: examined).findings(on: machine).first?.remedy
        }
        machine.files["\(state)/key"] = MadeMachine.status(0o100600)
        machine.files["\(state)/tokens"] = MadeMachine.status(0o040700)
        #expect(remedy()?.contains("ls -ld") == true)
        machine.files["\(state)/key"] = nil
        #expect(remedy()?.contains("from a backup") == true)
    }

    @Test func `each kind of remark has its name`() {
        for (subject, name) in [
            (StateExamination.Subject.state, "state-unusable"), (.engine, "engine-problem"),
            (.clients, "clients-unreadable"), (.client, "client-problem"), (.keys, "keys-unusable"),
            (.tokens, "tokens-damaged"), (.audit, "audit-unwritable"),
        ] {
            var examined = StateExamination.Findings()
            examined.problems = [StateExamination.Remark(subject: subject, text: "it is so")]
            let findings = StoreCheck(settings: Settings(), examined: examined).findings(on: Self.sound)
            #expect(findings.map(\.name) == [name])
            #expect(findings.map(\.statement) == ["It is so."])
        }
        #expect(
            StoreCheck(settings: Settings(), examined: .init()).findings(on: MadeMachine()).map(\.name) == [
                "state-missing"
            ]
        )
    }
}
