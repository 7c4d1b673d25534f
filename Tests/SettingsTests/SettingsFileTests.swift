import SystemPackage
import Testing

@testable import Settings

private func parse(_ text: String) -> SettingsFile {
    SettingsFile(parsing: Array(text.utf8), path: "/f")
}

@Suite struct SettingsFileTests {
    @Test(arguments: [
        ("GRANTD_REALM=a b", "a b"), ("GRANTD_REALM='a b'", "a b"), ("GRANTD_REALM=\"a b \"", "a b "),
        ("  GRANTD_REALM = a \r", "a"), ("GRANTD_REALM=", ""), ("GRANTD_REALM=''", ""),
        ("GRANTD_REALM=a#b # c", "a#b # c"), ("GRANTD_REALM=a=b", "a=b"), ("GRANTD_REALM=é", "é"),
    ])
    func `A line gives the value that systemd reads`(line: String, value: String) {
        let file = parse("# first\n\n;second\n" + line + "\n")
        #expect(file.problems == [])
        #expect(file.assignments == [Assignment(name: "GRANTD_REALM", value: value, origin: "in /f:4")])
    }

    @Test(arguments: [
        "GRANTD_REALM=\"a", "GRANTD_REALM=a\"", "GRANTD_REALM=\"a\"b", "GRANTD_REALM='a'b'", "GRANTD_REALM='",
        "GRANTD_REALM=a\\", "GRANTD_REALM=\"a\\\"b\"", "GRANTD_REALM='a\\b'", "GRANTD_REALM", "export",
        "GRANTD_REALM=a\nGRANTD_REALM=b",
    ])
    func `A line that could be read in two ways is refused with its place`(text: String) {
        let problems = parse(text).problems
        #expect(problems.count == 1)
        #expect(problems.first?.contains("/f:") == true)
    }

    @Test func `Another program's name is left alone, a misspelt one of ours is not`() {
        let file = parse("SWIFT_BACKTRACE=enable=\"no\"\ngrantd_realm=x")
        #expect(file.problems == [])
        #expect(file.assignments.map(\.name) == ["grantd_realm"])
    }

    @Test(arguments: [
        ("TOKEN_LIFETIME=600", "sets TOKEN_LIFETIME: the setting is called GRANTD_TOKEN_LIFETIME."),
        ("token-lifetime = 600", "sets token-lifetime: the setting is called GRANTD_TOKEN_LIFETIME."),
        ("audit=/var/log/grantd/a", "sets audit: the setting is called GRANTD_AUDIT."),
        ("export GRANTD_REALM=x", "has more than a name before the sign: it takes NAME=value, without export or set."),
        ("export PATH=x", "has more than a name before the sign: it takes NAME=value, without export or set."),
        ("set\tGRANTD_REALM = x", "has more than a name before the sign: it takes NAME=value, without export or set."),
        ("GRANT_REALM=x", "sets GRANT_REALM: the names of settings begin with GRANTD_."),
        ("$GRANTD_REALM=x", "sets $GRANTD_REALM: the names of settings begin with GRANTD_."),
        ("GRANTDREALM=x", "sets GRANTDREALM: the names of settings begin with GRANTD_."),
        ("=x", "has more than a name before the sign: it takes NAME=value, without export or set."),
    ])
    func `A name that was meant for a setting is an error with its line`(line: String, problem: String) {
        #expect(parse("# first\n\(line)\n").problems == ["/f:2 \(problem)"])
    }

    @Test func `The file cannot name another file`() throws {
        try withFile("GRANTD_CONFIG=/etc/other.conf") { path in
            #expect(throws: SettingsError.self) { try Settings.load(environment: [Settings.fileSetting: path]) }
        }
    }

    @Test func `A value out of range is named with its file and line`() throws {
        try withFile("\nGRANTD_BODY_LIMIT=many") { path in
            let error = #expect(throws: SettingsError.self) {
                try Settings.load(environment: [Settings.fileSetting: path])
            }
            #expect(
                error?.problems == [
                    "GRANTD_BODY_LIMIT is \"many\" in \(path):2: it takes a whole number from 1 to 4194304."
                ]
            )
        }
    }

    @Test func `A file that is not UTF-8, is endless or is a directory is refused`() {
        #expect(SettingsFile(parsing: [0xFF], path: "/f").problems == ["The settings file /f is not UTF-8."])
        #expect(SettingsFile(at: "/dev/zero", isNamed: true).problems.first?.contains("longer than 65536") == true)
        #expect(SettingsFile(at: "/", isNamed: false).problems.first?.contains("Is a directory") == true)
    }
}
