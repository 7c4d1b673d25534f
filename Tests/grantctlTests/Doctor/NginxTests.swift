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

    @Test(arguments: [
        #"invalid value "S3CRET" in /a:1"#, #"invalid value "S3"CRET" in "proxy" directive in /a:1"#,
        #"invalid value "S3"CR"ET" in /a:1"#, #"invalid value "S3CRET"#,
        #"invalid value "a" of "b" of "S3CRET" in /a:1"#, #"host not found in upstream "user:S3CRET@host" in /a:1"#,
        "invalid value \"a\nS3CRET\" in /a:1", "invalid value \"a\" S3CRET\n\" in /a:1",
        #"unknown directive "S3CRET" in /a:1"#,
    ])
    func `no value of nginx's error is told`(message: String) {
        let errors = "nginx: [emerg] \(message)\nnginx: configuration file /a test failed\n"
        let statement = NginxRefusal(errors).finding(isRoot: true).statement
        #expect(!["S3", "CR", "ET"].contains { statement.contains($0) }, "\(statement)")
    }

    @Test func `a name and a path of nginx's error are told`() {
        let unknown = NginxRefusal(#"nginx: [emerg] unknown directive "auth_requst" in /a:1"#).finding(isRoot: true)
        #expect(unknown.statement.contains(#"unknown directive "auth_requst""#))
        let missing = NginxRefusal(#"nginx: [emerg] open() "/etc/x" failed (2: No such file) in /a:1"#)
        #expect(missing.finding(isRoot: true).statement.contains("/etc/x"))
    }

    @Test func `a user who may not ask is told so`() {
        let text = #"nginx: [emerg] open() "/etc/nginx/key.pem" failed (13: Permission denied)"#
        #expect(NginxRefusal(text).finding(isRoot: false).name == "nginx-not-permitted")
        #expect(NginxRefusal(text).finding(isRoot: true).name == "nginx-refuses")
    }

    @Test func `without nginx there is a warning`() {
        #expect(SiteReading(askingNginxOn: MadeMachine()).findings.map(\.name) == ["nginx-missing"])
    }

    @Test func `nginx that does not answer is not missing`() {
        var machine = MadeMachine()
        machine.silent = ["nginx"]
        #expect(SiteReading(askingNginxOn: machine).findings.map(\.name) == ["nginx-silent"])
    }

    @Test func `output that was cut off is read up to its last whole file`() {
        var machine = MadeMachine()
        let text = "# configuration file /a:\nuser me; include b;\n# configuration file /b:\nhttp {"
        machine.programs["nginx"] = Program.Outcome(status: 137, output: Array(text.utf8), errors: [], isCut: true)
        let reading = SiteReading(askingNginxOn: machine)
        #expect(reading.user == "me")
        #expect(reading.findings.map(\.name) == ["nginx-output-cut", "configuration-unreadable"])
        #expect(reading.configuration.map(SiteExamination.findings)?.isEmpty == true)
    }

    @Test func `many files that cannot be read are counted`() {
        let text = (0..<50).map { "include /missing/\($0);" }.joined(separator: "\n")
        let findings = SiteReading(text: text, of: "/a", on: MadeMachine()).findings
        #expect(findings.count == 21 && findings.last?.statement.hasPrefix("30 more files") == true)
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

    @Test func `a worker that serves its last requests is not counted`() throws {
        var machine = running
        machine.folders["/proc"]?.append("9")
        for (file, text) in [
            ("comm", "nginx\n"), ("cmdline", "nginx: worker process is shutting down\0"),
            ("status", "PPid:\t10\nUid:\t0\t1\t1\t1\nGid:\t0\t1\t1\t1\nGroups:\t1\n"),
            ("stat", "9 (nginx) S " + (4...21).map { "\($0)" }.joined(separator: " ") + " 100 1"),
        ] { machine.texts["/proc/9/\(file)"] = text }
        machine.folders["/proc"]?.sort()
        let nginx = try #require(NginxProcesses(using: "/srv/nginx.conf", on: machine))
        #expect(nginx.workers.user == 33 && nginx.loaded == running.now - 1000 + 100)
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
