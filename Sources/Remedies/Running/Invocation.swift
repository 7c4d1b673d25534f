import Glibc
import Settings
import SystemPackage

/// How this process was started: who runs it, and the line that starts it again.
package struct Invocation: Sendable {
    /// The number of the user that it runs as (`geteuid(2)`).
    package let user: UInt32
    /// What it is called: `grantctl`.
    package let program: String
    /// Its command line, from the program's name on.
    private let words: [String]
    /// The settings in its environment, which sudo would not pass on.
    private let settings: [String: String]

    /// Describes a process.
    package init(user: UInt32, words: [String], environment: [String: String]) {
        self.user = user
        let name = words.first ?? ""
        program = name.split(separator: "/").last.map(String.init) ?? name
        self.words = words
        let names = Set(Setting.all.map(\.name) + [Settings.fileSetting])
        settings = environment.filter { names.contains($0.key) }
    }

    /// This process.
    package static var current: Invocation {
        Invocation(user: geteuid(), words: CommandLine.arguments, environment: ProcessEnvironment.current())
    }

    /// Where the path of the state directory comes from, for the end of a sentence.
    ///
    /// - Parameter isDefault: whether it is the one without any setting.
    package func originOfState(isDefault: Bool) -> String {
        if words.contains(where: { $0 == "--state" || $0.hasPrefix("--state=") }) { return "--state" }
        if settings["GRANTD_STATE"] != nil { return "GRANTD_STATE in the environment" }
        if isDefault { return "the default, since neither --state nor GRANTD_STATE is set" }
        return "GRANTD_STATE in \(settings[Settings.fileSetting] ?? Settings.defaultFile.string)"
    }

    /// The line that runs the same command by sudo; as root, or as a user.
    package func line(as user: String? = nil) -> String {
        let prefix = user.map { ["sudo", "-u", $0] } ?? ["sudo"]
        let assignments = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let environment = assignments.isEmpty ? [] : ["env"] + assignments
        return (prefix + environment + words).map(ShellWord.quoted).joined(separator: " ")
    }
}
