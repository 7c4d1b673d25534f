import Glibc

/// Asks the kernel whether this process may use paths. It opens and changes nothing.
package enum PathProbe {
    /// The first obstacle on the way to a path, its directories first; nil if there is none, or if the path itself does not
    /// exist.
    package static func obstacle(to path: String, for use: PathUse) -> Obstacle? {
        for directory in parents(of: path) {
            guard let ownership = ownership(of: directory) else {
                return Obstacle(path: directory, reason: .missing)
            }
            guard ownership.isDirectory else {
                return Obstacle(path: directory, reason: .notDirectory, ownership: ownership)
            }
            if let obstacle = refusal(directory, ownership, .passing) { return obstacle }
        }
        guard let ownership = ownership(of: path) else { return nil }
        if use == .changing || use == .adding, !ownership.isDirectory {
            return Obstacle(path: path, reason: .notDirectory, ownership: ownership)
        }
        return refusal(path, ownership, use) ?? lackOfRoom(path, ownership, use)
    }

    /// Whether a path exists; also false if that cannot be told.
    package static func exists(_ path: String) -> Bool { ownership(of: path) != nil }

    /// Whose a file is (`stat(2)`); nil if it does not exist, or its directory does not let this process look.
    package static func ownership(of path: String) -> Ownership? {
        var status = stat()
        // Sound: the call reads a string that lives through it, and fills a local value.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Ownership(
            owner: status.st_uid,
            group: status.st_gid,
            mode: status.st_mode & 0o7777,
            isDirectory: status.st_mode & S_IFMT == S_IFDIR
        )
    }

    /// The names in a directory, sorted, without `.` and `..`; none if it cannot be read (`readdir(3)`).
    package static func names(in path: String) -> [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// `faccessat(2)` with the effective user.
    private static func refusal(_ path: String, _ ownership: Ownership, _ use: PathUse) -> Obstacle? {
        let wanted: Int32 =
            switch use {
            case .reading: R_OK
            case .writing: R_OK | W_OK
            case .changing: R_OK | W_OK | X_OK
            case .adding: W_OK | X_OK
            case .passing: X_OK
            }
        guard unsafe faccessat(AT_FDCWD, path, wanted, AT_EACCESS) != 0 else { return nil }
        let reason: Obstacle.Reason? =
            switch errno {
            case EACCES, EPERM: .forbidden(use)
            case EROFS: .readOnly
            default: nil
            }
        return reason.map { Obstacle(path: path, reason: $0, ownership: ownership) }
    }

    /// `statvfs(3)`
    private static func lackOfRoom(_ path: String, _ ownership: Ownership, _ use: PathUse) -> Obstacle? {
        guard use == .changing || use == .adding || use == .writing else { return nil }
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        if status.f_blocks > 0, status.f_bavail == 0 {
            return Obstacle(path: path, reason: .full, ownership: ownership)
        }
        if status.f_files > 0, status.f_favail == 0 {
            return Obstacle(path: path, reason: .noMoreFiles, ownership: ownership)
        }
        return nil
    }

    /// The directories above a path, from the top.
    private static func parents(of path: String) -> [String] {
        var parents: [String] = path.hasPrefix("/") ? ["/"] : []
        for index in path.indices.dropFirst() where path[index] == "/" && path[path.index(before: index)] != "/" {
            parents.append(String(path[..<index]))
        }
        return path.hasSuffix("/") && parents.count > 1 ? Array(parents.dropLast()) : parents
    }
}
