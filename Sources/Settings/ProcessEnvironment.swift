import Glibc

/// The environment that this process was started with.
package enum ProcessEnvironment {
    /// Its variables by name; the first of two that have the same name counts (`environ(7)`).
    package static func current() -> [String: String] {
        var variables: [String: String] = [:]
        // Nothing of ours calls setenv(3), so the block stays as it is while it is read; it ends with a null pointer.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if pair.count == 2, variables[String(pair[0])] == nil { variables[String(pair[0])] = String(pair[1]) }
            unsafe entry += 1
        }
        return variables
    }
}
