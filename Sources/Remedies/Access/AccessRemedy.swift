import Linux

/// What stands in the way of a program, and what to do about it, in words.
package struct AccessRemedy {
    /// What stands in the way.
    package let obstacle: Obstacle
    /// How the program was started.
    package let invocation: Invocation
    /// The state directory.
    package let state: String
    /// Whose it is; nil if it does not exist or cannot be seen.
    package let stateOwner: UInt32?
    /// Whether the program is the service itself, and not a command of an administrator.
    package let isService: Bool
    /// The name of a user, by number.
    let name: (UInt32) -> String
    /// The name of a group, by number.
    let groupName: (UInt32) -> String
    /// Whether there is a user of a name.
    let hasUser: (String) -> Bool

    /// The user that the package makes for the service.
    private static let serviceUser = "grantd"

    /// Describes an obstacle.
    package init(
        _ obstacle: Obstacle,
        of invocation: Invocation,
        state: String,
        stateOwner: UInt32?,
        isService: Bool,
        name: @escaping (UInt32) -> String = Account.name(ofUser:),
        groupName: @escaping (UInt32) -> String = Account.name(ofGroup:),
        hasUser: @escaping (String) -> Bool = { Account(named: $0) != nil }
    ) {
        self.obstacle = obstacle
        self.invocation = invocation
        self.state = state
        self.stateOwner = stateOwner
        self.isService = isService
        self.name = name
        self.groupName = groupName
        self.hasUser = hasUser
    }

    /// The lines: what is wrong, then the remedy.
    package var lines: [String] {
        let path = obstacle.path
        switch obstacle.reason {
        case .missing:
            return ["there is no directory \(path)", "Correct the path, or make the directory: \(making(path))"]
        case .notDirectory:
            return ["\(path) is a file, and a directory is needed", "Correct the path."]
        case .readOnly:
            return [
                "\(path) is on a file system that is mounted read-only",
                "Mount it for writing: sudo mount -o remount,rw \"$(findmnt -no TARGET -T \(ShellWord.quoted(path)))\"",
            ]
        case .full:
            return [
                "the file system of \(path) has no room left",
                "Make room on it: df -h \(ShellWord.quoted(path)); grantctl token purge deletes expired tokens.",
            ]
        case .noMoreFiles:
            return [
                "the file system of \(path) has no room for another file",
                "Remove files from it: df -i \(ShellWord.quoted(path)); grantctl token purge deletes expired tokens.",
            ]
        case .open:
            let mode = obstacle.ownership?.permissions ?? ""
            return ["\(path) has mode \(mode)", "Let only its owner use it: chmod go= \(ShellWord.quoted(path))"]
        case .forbidden, .foreign: return [ownershipSentence, remedy]
        }
    }

    private var user: String { name(invocation.user) }

    private var ownershipSentence: String {
        guard let ownership = obstacle.ownership else { return "\(obstacle.path) cannot be used by \(user)" }
        let owner = "\(name(ownership.owner)):\(groupName(ownership.group))"
        return
            "\(obstacle.path) belongs to \(owner) with mode \(ownership.permissions), and \(invocation.program) runs as \(user)"
    }

    private var isInState: Bool {
        !state.isEmpty && (obstacle.path == state || obstacle.path.hasPrefix(state + "/"))
    }

    private var remedy: String {
        let owner = obstacle.ownership?.owner
        if owner == invocation.user {
            return "Allow its owner to use it: chmod \(mode) \(ShellWord.quoted(obstacle.path))"
        }
        if isInState, obstacle.path != state, owner != stateOwner, let stateOwner, stateOwner == invocation.user {
            return "Give the state back to its owner: \(handingOver(to: user))"
        }
        if isService { return serviceRemedy }
        if isInState, owner == 0, user == Self.serviceUser {
            return "If grantd runs as \(user), give it the state: \(handingOver(to: user))"
        }
        if isInState, let owner, owner != 0, isName(name(owner)) {
            return "Run it with sudo, or as the user \(name(owner)): \(invocation.line(as: name(owner)))"
        }
        return "Run it with sudo: \(invocation.line())"
    }

    /// What lets the service itself use the path.
    private var serviceRemedy: String {
        let path = ShellWord.quoted(obstacle.path)
        if isInState {
            let other = obstacle.ownership.map { name($0.owner) } ?? "its owner"
            return
                "If grantd is to run as \(user), give it the state: \(handingOver(to: user)); if not, run it as \(other)"
        }
        switch obstacle.reason {
        case .forbidden(.passing): return "Let \(user) pass through it: sudo chmod o+x \(path)"
        case .forbidden(.reading):
            return
                "Let the group of \(user) read it: sudo chgrp \"$(id -gn \(user))\" \(path) && sudo chmod g+r \(path)"
        case .forbidden(.adding), .forbidden(.changing):
            return
                "Let \(user) write there, or name a directory of its own: sudo install -d -m 700 -o \(user) \(path)/grantd"
        default: return "Give it to \(user): sudo chown \(user): \(path)"
        }
    }

    private var mode: String {
        switch obstacle.reason {
        case .forbidden(.passing), .forbidden(.changing), .forbidden(.adding): "u+rwx"
        default: "u+rw"
        }
    }

    private func handingOver(to user: String) -> String {
        "sudo chown -R \(isName(user) ? user : "\(invocation.user)"): \(ShellWord.quoted(state))"
    }

    private func making(_ path: String) -> String {
        guard path != state, !isInState else {
            let owner = hasUser(Self.serviceUser) ? " -o \(Self.serviceUser) -g \(Self.serviceUser)" : ""
            return "sudo install -d -m 700\(owner) \(ShellWord.quoted(path))"
        }
        return "sudo mkdir -p \(ShellWord.quoted(path))"
    }

    /// Whether it is a name, and not what stands for an unknown one.
    private func isName(_ text: String) -> Bool { !text.contains(" ") }
}
