import Linux
package import Settings
import SystemPackage

/// What keeps a program from a site's files, and the remedies: found by asking the kernel about each path that the settings
/// name, after a call has failed.
package struct SiteAdvice {
    private let settings: Settings?
    private let settingsFile: String
    private let invocation: Invocation
    private let isService: Bool

    /// Advice for a program.
    ///
    /// - Parameters:
    ///   - settings: nil if they cannot be loaded.
    ///   - settingsFile: the path of the settings file.
    ///   - isService: whether the program is the service itself, and not a command of an administrator.
    package init(
        _ settings: Settings?,
        settingsFile: String,
        of invocation: Invocation = .current,
        isService: Bool
    ) {
        self.settings = settings
        self.settingsFile = settingsFile
        self.invocation = invocation
        self.isService = isService
    }

    /// What is wrong, and the remedy after each; none if nothing stands in the way.
    ///
    /// - Parameter isFull: whether a call has failed for want of room, which may have been freed since.
    package func lines(isFull: Bool = false) -> [String] {
        guard let settings else {
            return PathProbe.obstacle(to: settingsFile, for: .reading).map { lines(on: $0, stateOwner: nil) } ?? []
        }
        let paths = SitePaths(settings)
        let owner = paths.stateOwner
        var obstacles = paths.obstacles(to: invocation.user)
        if isFull, !obstacles.contains(where: { [.full, .noMoreFiles].contains($0.reason) }) {
            obstacles.append(Obstacle(path: settings.state.string, reason: .full))
        }
        let found = obstacles.flatMap { lines(on: $0, stateOwner: owner) }
        return obstacles.contains { $0.reason == .missing } || found.isEmpty ? found + linesOnMissingState : found
    }

    /// What keeps a program from making a unix socket, and the remedy; none if nothing does.
    package static func lines(onSocket path: String) -> [String] {
        let directory = FilePath(path).removingLastComponent().string
        let obstacle =
            PathProbe.obstacle(to: directory, for: .adding) ?? PathProbe.obstacle(to: "\(directory)/.", for: .passing)
        return obstacle.map { obstacle in
            AccessRemedy(obstacle, of: .current, state: "", stateOwner: nil, isService: true).lines
        } ?? []
    }

    /// What belongs to another user than the state, for a program that may use it all the same; none if nothing does.
    package var linesOnForeignPaths: [String] {
        guard let settings, let owner = SitePaths(settings).stateOwner else { return [] }
        let foreign = SitePaths(settings).foreignPaths()
        guard let first = foreign.first, let whose = PathProbe.ownership(of: first)?.owner else { return [] }
        let more = foreign.count > 1 ? ", like \(foreign.count - 1) more in the state directory," : ""
        let state = settings.state.string
        let user = Account.name(ofUser: owner)
        return [
            """
            \(first)\(more) belongs to \(Account.name(ofUser: whose)), and the state directory to \(user): \
            sudo chown -R \(user.contains(" ") ? "\(owner)" : user): \(ShellWord.quoted(state))
            """
        ]
    }

    private func lines(on obstacle: Obstacle, stateOwner: UInt32?) -> [String] {
        AccessRemedy(
            obstacle,
            of: invocation,
            state: settings?.state.string ?? "",
            stateOwner: stateOwner,
            isService: isService
        ).lines
    }

    /// Where the path of a state directory that does not exist comes from, and the one that may be meant.
    private var linesOnMissingState: [String] {
        guard let settings, !PathProbe.exists(settings.state.string) else { return [] }
        let standard = Settings().state.string
        let isDefault = settings.state.string == standard
        let origin = "The path \(settings.state.string) comes from \(invocation.originOfState(isDefault: isDefault))."
        return [isDefault || !PathProbe.exists(standard) ? origin : "\(origin) There is a state directory \(standard)."]
    }
}
