/// How much of a configuration is read. What is larger is refused, so that no input can exhaust the stack or memory.
enum NginxLimits {
    /// The bytes of all files together.
    static let bytes = 32 << 20
    /// The directives of the whole tree, with what includes repeat.
    static let directives = 400_000
    /// Blocks within blocks, over all files.
    static let depth = 64
    /// Files that include files.
    static let includes = 16
    /// Different paths that are looked up, whether or not the file exists.
    static let files = 20_000
    /// The bytes of a path or a pattern, as `PATH_MAX` has it.
    static let path = 4096
    /// Directives of one name that are inherited from one level.
    static let inherited = 200
    /// Comparisons of paths with the patterns of includes.
    static let matches = 500_000
    /// Different names that are compared with words that they may be misspellings of.
    static let spellings = 5000
    /// Different patterns with wildcards in includes.
    static let patterns = 500
}
