package import Settings
import SystemPackage

/// The paths that a program needs, by the settings: the state directory and what is in it, the audit, and the password file.
package struct SitePaths {
    private let state: String
    private let audit: String?
    private let passwordFile: String?

    /// The paths of the settings.
    package init(_ settings: Settings) {
        state = settings.state.string
        audit = settings.audit?.string
        passwordFile = settings.storePasswordFile?.string
    }

    /// The owner of the state; nil if there is none, or it cannot be seen.
    package var stateOwner: UInt32? { PathProbe.ownership(of: state)?.owner }

    /// What this process may not use, one for each part of the site: the state, the audit, the password file.
    ///
    /// - Parameter user: the number of the user that this process runs as.
    package func obstacles(to user: UInt32) -> [Obstacle] {
        [stateObstacle(user), auditObstacle(), passwordFile.flatMap { PathProbe.obstacle(to: $0, for: .reading) }]
            .compactMap(\.self)
    }

    /// What in the state belongs to another user than the state directory, which the service could not use.
    package func foreignPaths() -> [String] {
        guard let owner = stateOwner else { return [] }
        return contents.map(\.path).filter { path in
            PathProbe.ownership(of: path).map { $0.owner != owner } ?? false
        }
    }

    private func stateObstacle(_ user: UInt32) -> Obstacle? {
        guard PathProbe.exists(state) else {
            let parent = FilePath(state).removingLastComponent().string
            return PathProbe.obstacle(to: state, for: .changing) ?? PathProbe.obstacle(to: parent, for: .adding)
        }
        if let obstacle = PathProbe.obstacle(to: state, for: .changing) { return obstacle }
        for content in contents {
            if let obstacle = PathProbe.obstacle(to: content.path, for: content.use) { return obstacle }
            if content.path.hasPrefix("\(state)/clients/"), let ownership = PathProbe.ownership(of: content.path),
                ownership.mode & 0o077 != 0
            {
                return Obstacle(path: content.path, reason: .open, ownership: ownership)
            }
        }
        guard user != 0, let foreign = foreignPaths().first else { return nil }
        return Obstacle(path: foreign, reason: .foreign, ownership: PathProbe.ownership(of: foreign))
    }

    private func auditObstacle() -> Obstacle? {
        guard let audit else { return nil }
        if let obstacle = PathProbe.obstacle(to: audit, for: .writing) { return obstacle }
        guard !PathProbe.exists(audit) else { return nil }
        return PathProbe.obstacle(to: FilePath(audit).removingLastComponent().string, for: .adding)
    }

    /// What is in the state directory, two levels deep: its own files first.
    private var contents: [(path: String, use: PathUse)] {
        var found: [(path: String, use: PathUse)] = []
        var directories: [String] = []
        for name in PathProbe.names(in: state) {
            let path = "\(state)/\(name)"
            let isDirectory = PathProbe.ownership(of: path)?.isDirectory ?? false
            found.append((path, isDirectory ? .changing : name == "key" ? .reading : .writing))
            if isDirectory { directories.append(path) }
        }
        for directory in directories {
            found += PathProbe.names(in: directory).map { ("\(directory)/\($0)", .reading) }
        }
        return found
    }
}
