import Testing

@testable import Remedies

@Suite struct InvocationTests {
    private func invocation(_ words: [String], _ environment: [String: String] = [:]) -> Invocation {
        Invocation(user: 1000, words: words, environment: environment)
    }

    @Test func `The same command is written for sudo, quoted for a shell`() {
        let invocation = invocation(["/usr/bin/grantctl", "client", "add", "a b", "--scope", "it's"])
        #expect(invocation.program == "grantctl")
        #expect(invocation.line() == "sudo /usr/bin/grantctl client add 'a b' --scope 'it'\\''s'")
        #expect(invocation.line(as: "grantd") == "sudo -u grantd /usr/bin/grantctl client add 'a b' --scope 'it'\\''s'")
    }

    @Test(
        arguments: [
            (["grantctl", "status", "--state", "/x"], [:], false, "--state"),
            (["grantctl", "status", "--state=/x"], ["GRANTD_STATE": "/y"], false, "--state"),
            (["grantctl", "status"], ["GRANTD_STATE": "/y"], false, "GRANTD_STATE in the environment"),
            (["grantctl", "status"], [:], true, "the default, since neither --state nor GRANTD_STATE is set"),
            (["grantctl", "status"], [:], false, "GRANTD_STATE in /etc/grantd/grantd.conf"),
            (["grantctl", "status"], ["GRANTD_CONFIG": "/c"], false, "GRANTD_STATE in /c"),
        ] as [([String], [String: String], Bool, String)]
    )
    func `It says where the path of the state comes from`(
        words: [String],
        environment: [String: String],
        isDefault: Bool,
        origin: String
    ) {
        #expect(invocation(words, environment).originOfState(isDefault: isDefault) == origin)
    }
}
