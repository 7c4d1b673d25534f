import Doctor
import Linux
import Testing

@testable import grantctl

@Suite struct NginxTests {
    @Test func `nginx's error is told with its place and without values`() {
        let message = """
            nginx: [warn] something
            nginx: [emerg] invalid parameter "hunter2" in "proxy_pass" directive in /etc/nginx/sites-enabled/a:12
            nginx: configuration file /etc/nginx/nginx.conf test failed
            """
        let finding = NginxRefusal(message).finding(isRoot: true)
        #expect(finding.name == "nginx-refuses")
        #expect(finding.place == Finding.Place(file: "/etc/nginx/sites-enabled/a", line: 12))
        #expect(
            finding.statement == "nginx refuses its configuration: invalid parameter \"…\" in \"proxy_pass\" directive."
        )
    }

    @Test func `a user who may not ask is told so`() {
        let text = #"nginx: [emerg] open() "/etc/nginx/key.pem" failed (13: Permission denied)"#
        #expect(NginxRefusal(text).finding(isRoot: false).name == "nginx-not-permitted")
        #expect(NginxRefusal(text).finding(isRoot: true).name == "nginx-refuses")
    }

    @Test func `without nginx there is a warning`() {
        #expect(SiteReading(askingNginxOn: MadeMachine()).findings.map(\.name) == ["nginx-missing"])
    }

    @Test func `what nginx prints is read`() {
        var machine = MadeMachine()
        machine.programs["nginx"] = MadeMachine.outcome("# configuration file /etc/nginx/nginx.conf:\nuser www-data;\n")
        let reading = SiteReading(askingNginxOn: machine)
        #expect(reading.findings == [] && reading.user == "www-data")
        #expect(reading.files == ["/etc/nginx/nginx.conf"])
    }

    @Test func `a configuration that nginx refuses is read from its files`() {
        var machine = MadeMachine()
        machine.programs["nginx"] = MadeMachine.outcome(
            "",
            status: 1,
            errors: "nginx: [emerg] no in /etc/nginx/nginx.conf:1"
        )
        machine.texts["/etc/nginx/nginx.conf"] = "user me; include sites/*; include gone;"
        let reading = SiteReading(askingNginxOn: machine)
        #expect(reading.user == "me")
        #expect(reading.findings.map(\.name) == ["nginx-refuses", "configuration-unreadable"])
    }

    /// nginx as `/proc` shows it, loaded 100 seconds after the start of the machine.
    private var running: MadeMachine {
        var machine = MadeMachine()
        machine.folders["/proc"] = ["10", "11", "self"]
        machine.texts = [
            "/proc/10/comm": "nginx\n", "/proc/11/comm": "nginx\n",
            "/proc/10/cmdline": "nginx: master process nginx -c /srv/nginx.conf\0",
            "/proc/11/cmdline": "nginx: worker process\0",
            "/proc/11/status": "Name:\tnginx\nPPid:\t10\nUid:\t0\t33\t33\t33\nGid:\t0\t33\t33\t33\nGroups:\t33 50 \n",
            "/proc/11/stat": "11 (nginx x) S " + (4...21).map { "\($0)" }.joined(separator: " ") + " 10000 1",
        ]
        return machine
    }

    @Test func `the running nginx is found by its configuration`() throws {
        let nginx = try #require(NginxProcesses(using: "/srv/nginx.conf", on: running))
        #expect(nginx.workers == Account(user: 33, groups: [33, 50]))
        #expect(nginx.loaded == running.now - 1000 + 100)
        #expect(NginxProcesses(using: nil, on: running) == nil)
        var machine = running
        machine.links["/proc/self/cwd"] = "/srv"
        #expect(NginxProcesses(using: "nginx.conf", on: machine) != nil)
    }

    @Test func `a file that changed since the last reload is found`() throws {
        var machine = running
        let nginx = try #require(NginxProcesses(using: "/srv/nginx.conf", on: machine))
        machine.files["/a"] = MadeMachine.status(0o100644, modified: nginx.loaded - 5)
        #expect(ReloadCheck(files: ["/a"], nginx: nginx).findings(on: machine) == [])
        machine.files["/a"] = MadeMachine.status(0o100644, modified: nginx.loaded + 5)
        #expect(ReloadCheck(files: ["/a"], nginx: nginx).findings(on: machine).map(\.name) == ["nginx-not-reloaded"])
    }
}
