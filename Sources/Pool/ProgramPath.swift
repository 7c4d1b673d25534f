import CLinux
import Glibc
import Linux

/// Where the program of this process lies.
package enum ProgramPath {
    /// The path that this process was started by, made absolute.
    ///
    /// Links in it stay, and `/proc/self/exe` is only the last resort: so a program that replaces this one counts.
    ///
    /// - Parameters:
    ///   - candidates: paths that may be it, the likeliest first.
    ///   - directory: what relative ones begin at.
    package static func current(
        candidates: [String] = [startedBy, CommandLine.arguments.first].compactMap(\.self),
        directory: String? = workingDirectory
    ) -> String {
        let running = "/proc/self/exe"
        let own = FileIdentity(of: running)
        let absolute = candidates.compactMap { path in
            path.hasPrefix("/") ? path : directory.map { "\($0)/\(path)" }
        }
        return absolute.first { own != nil && FileIdentity(of: $0) == own } ?? target(of: running) ?? running
    }

    /// What `execve(2)` was given, which a search in PATH has completed (`getauxval(3)`).
    private static var startedBy: String? {
        // Sound: the kernel put the text into this process's memory for good.
        unsafe UnsafePointer<CChar>(bitPattern: getauxval(UInt(AT_EXECFN))).map { unsafe String(cString: $0) }
    }

    private static var workingDirectory: String? {
        // Sound: the call allocates the text, which is copied and freed.
        guard let text = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    private static func target(of link: String) -> String? {
        // Sound: as with getcwd.
        guard let text = unsafe realpath(link, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
