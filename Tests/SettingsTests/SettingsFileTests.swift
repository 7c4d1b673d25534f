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
