package import SystemPackage

extension Settings {
    /// The name of the settings file's own setting, which the file cannot hold.
    package static let fileSetting = Setting.prefix + "CONFIG"
    /// Where the settings file lies unless ``fileSetting`` says otherwise.
    package static let defaultFile: FilePath = "/etc/grantd/grantd.conf"

    /// Puts the settings together: command line over environment over file over defaults.
    ///
    /// Every value is checked, an overruled one as well. In the environment, names that do not begin with `GRANTD_` are other
    /// programs', and so are those that a container platform sets for a service called grantd. Parameters of a CGI request are
    /// not settings either.
    ///
    /// - Parameters:
    ///   - overrides: What the command line says, by the setting's name; ``fileSetting`` may be among it.
    ///   - environment: The process's environment.
    package static func load(
        overrides: [String: String] = [:],
        environment: [String: String]
    ) throws(SettingsError) -> Settings {
        let named = overrides[fileSetting] ?? environment[fileSetting]
        let file = SettingsFile(at: named.map { FilePath($0) } ?? defaultFile, isNamed: named != nil)
        var problems = file.problems
        var settings = Settings()
        let given =
            file.assignments
            + assignments(from: environment, origin: Self.environment)
            + assignments(from: overrides, origin: "on the command line")
        for assignment in given {
            if let problem = settings.apply(assignment) { problems.append(problem) }
        }
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
        return settings
    }

    private static let environment = "in the environment"

    private static func assignments(from values: [String: String], origin: String) -> [Assignment] {
        values
            .filter { $0.key.hasPrefix(Setting.prefix) && $0.key != fileSetting }
            .filter { origin != Self.environment || !isForeign($0.key, $0.value) }
            .sorted { $0.key < $1.key }
            .map { Assignment(name: $0.key, value: $0.value, origin: origin) }
    }

    /// What the web server says of a request, which a CGI process has in its environment.
    private static let parameters: Set = ["GRANTD_FORWARDED", "GRANTD_MONITORING"]

    /// Whether a variable of the environment is not a setting despite its prefix.
    private static func isForeign(_ name: String, _ value: String) -> Bool {
        parameters.contains(name) || ServiceVariable.isOne(name, value)
    }

    /// Takes over one value; the answer is what is wrong with it.
    private mutating func apply(_ assignment: Assignment) -> String? {
        guard let setting = Setting.all.first(where: { $0.name == assignment.name }) else {
            let names = Setting.all.map(\.name).joined(separator: ", ")
            // What all names begin with makes none more likely.
            let ends = Setting.all.map { String($0.name.dropFirst(Setting.prefix.count)) }
            let near = Spelling.nearest(to: assignment.name.dropFirst(Setting.prefix.count).uppercased(), in: ends)
            let question = near.map { " Did you mean \(Setting.prefix)\($0)?" } ?? " There are \(names)."
            return "\(assignment.name) \(assignment.origin) is not a setting of grantd.\(question)"
        }
        guard setting.set(assignment.value, in: &self) else {
            let shown = assignment.value.prefix(80).debugDescription
            let remedy = setting.remedy(for: assignment.value) ?? "takes \(setting.expectation)"
            return "\(setting.name) is \(shown) \(assignment.origin): it \(remedy)."
        }
        return nil
    }
}

/// A value that was given to a name, and where.
struct Assignment: Equatable {
    let name: String
    let value: String
    /// The place, for an error's sentence: `in the environment`.
    let origin: String
}
