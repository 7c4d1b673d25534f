/// What keeps a process from using a path.
package struct Obstacle: Equatable, Sendable {
    /// The path that stands in the way: the one that is needed, or a directory above it.
    package let path: String
    /// Why it does.
    package let reason: Reason
    /// Whose it is; nil if it does not exist.
    package let ownership: Ownership?

    /// Why a path cannot be used.
    package enum Reason: Equatable, Sendable {
        /// The permissions do not allow it.
        case forbidden(PathUse)
        /// It belongs to another user than the state that it is part of.
        case foreign
        /// Others than its owner may use it.
        case open
        /// There is no such directory.
        case missing
        /// A directory is needed, and it is a file.
        case notDirectory
        /// The file system is mounted read-only.
        case readOnly
        /// The file system has no room.
        case full
        /// The file system has no room for another file.
        case noMoreFiles
    }

    /// Describes an obstacle.
    package init(path: String, reason: Reason, ownership: Ownership? = nil) {
        self.path = path
        self.reason = reason
        self.ownership = ownership
    }
}
