import Glibc

/// Which file it is, whatever path leads to it.
package struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t
    /// Whether it is a socket.
    package let isSocket: Bool

    /// The file that a path leads to (`stat(2)`); nil if there is none.
    package init?(of path: String) {
        var status = stat()
        // Sound: the call fills a local value.
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The file at a path itself, were it a link (`lstat(2)`); nil if there is none, or it cannot be seen.
    package init?(at path: String) {
        var status = stat()
        // Sound: as above.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
