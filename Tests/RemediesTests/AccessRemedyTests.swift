import Testing

@testable import Remedies

@Suite struct AccessRemedyTests {
    private static let state = "/var/lib/grantd"
    private static let names: [UInt32: String] = [0: "root", 33: "www-data", 100: "grantd", 1000: "alice"]

    private func lines(
        _ path: String,
        _ reason: Obstacle.Reason,
        owner: UInt32,
        user: UInt32,
        stateOwner: UInt32? = 100,
        isService: Bool = false,
        environment: [String: String] = [:]
    ) -> [String] {
        AccessRemedy(
            Obstacle(path: path, reason: reason, ownership: Ownership(owner: owner, group: owner, mode: 0o700)),
            of: Invocation(user: user, words: ["grantctl", "client", "list"], environment: environment),
            state: Self.state,
            stateOwner: stateOwner,
            isService: isService,
            name: { Self.names[$0] ?? "user \($0)" },
            groupName: { Self.names[$0] ?? "\($0)" },
            hasUser: { Self.names.values.contains($0) }
        ).lines
    }

    @Test func `Another user is told whose the state is, and how to run the command`() {
        #expect(
            lines(Self.state, .forbidden(.changing), owner: 100, user: 1000) == [
                "/var/lib/grantd belongs to grantd:grantd with mode 0700, and grantctl runs as alice",
                "Run it with sudo, or as the user grantd: sudo -u grantd grantctl client list",
            ]
        )
    }

    @Test func `The line carries the settings of the environment, which sudo drops`() {
        let environment = ["GRANTD_STATE": "/srv/my state", "PATH": "/bin", "GRANTD_PORT": "tcp://10.0.0.1"]
        let lines = lines(Self.state, .forbidden(.changing), owner: 100, user: 1000, environment: environment)
        #expect(lines[1].hasSuffix("sudo -u grantd env 'GRANTD_STATE=/srv/my state' grantctl client list"))
    }

    @Test func `Files that root made in a user's state are given back to that user`() {
        let lines = lines("\(Self.state)/key", .forbidden(.reading), owner: 0, user: 100)
        #expect(lines[1] == "Give the state back to its owner: sudo chown -R grantd: /var/lib/grantd")
    }

    @Test func `A state that root made is given to the service's user, or used by root`() {
        let service = lines(
            Self.state,
            .forbidden(.changing),
            owner: 0,
            user: 100,
            stateOwner: 0,
            isService: true
        )
        #expect(service[1].contains("sudo chown -R grantd: /var/lib/grantd"))
        let person = lines(Self.state, .forbidden(.changing), owner: 0, user: 1000, stateOwner: 0)
        #expect(person[1] == "Run it with sudo: sudo grantctl client list")
    }

    @Test func `An owner who took it from himself gets it back`() {
        let lines = lines("\(Self.state)/clients", .forbidden(.changing), owner: 100, user: 100)
        #expect(lines[1] == "Allow its owner to use it: chmod u+rwx /var/lib/grantd/clients")
    }

    @Test func `An owner without a name is told by number, and is not put on a line for sudo`() {
        let lines = lines(Self.state, .forbidden(.changing), owner: 4711, user: 1000, stateOwner: 4711)
        #expect(lines[0].contains("belongs to user 4711:4711"))
        #expect(lines[1] == "Run it with sudo: sudo grantctl client list")
    }

    @Test(arguments: [
        (Obstacle.Reason.full, "df -h"), (.noMoreFiles, "df -i"), (.readOnly, "remount,rw"), (.missing, "sudo install"),
        (.open, "chmod go="), (.notDirectory, "Correct the path"),
    ])
    func `Every obstacle has its remedy`(reason: Obstacle.Reason, remedy: String) {
        let lines = lines(Self.state, reason, owner: 100, user: 100)
        #expect(lines.count == 2 && lines[1].contains(remedy))
    }

    @Test(arguments: [
        ("/etc/grantd/password", Obstacle.Reason.forbidden(.reading), "sudo chgrp"),
        ("/srv/private", .forbidden(.passing), "sudo chmod o+x /srv/private"),
        ("/var/log", .forbidden(.adding), "-o grantd /var/log/grantd"),
        ("/var/log/audit.jsonl", .forbidden(.writing), "sudo chown grantd: /var/log/audit.jsonl"),
    ])
    func `The service is let in where it was kept out`(path: String, reason: Obstacle.Reason, remedy: String) {
        #expect(lines(path, reason, owner: 0, user: 100, isService: true)[1].contains(remedy))
    }
}
