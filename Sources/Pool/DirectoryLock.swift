import Glibc

/// A lock on a directory (`flock(2)`), which leaves nothing behind.
package enum DirectoryLock {
    /// How often it is tried again, every 20 ms, while another holds it.
    private static let tries = 100

    /// Does something while the directory that a file is in is locked.
    ///
    /// Others hold it for as long as that takes. It is a courtesy among them: if it cannot be had, it goes without.
    package static func whileHeld<Result>(
        aroundFile path: String,
        _ action: () throws(PoolError) -> Result
    ) throws(PoolError) -> Result {
        let directory = parent(of: path)
        // Sound: the call reads a string that lives through it.
        let number = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .lastCall("open", to: "use the directory \(directory)") }
        // The lock goes with it.
        defer { close(number) }
        for _ in 0..<tries {
            if flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { break }
            usleep(20_000)
        }
        return try action()
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
