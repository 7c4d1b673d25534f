/// nginx's configuration as one tree, in which each include is replaced by what it names.
package struct NginxConfiguration: Sendable {
    /// The directives of the first file, with those of its includes in their places. An include that could not be read
    /// stays as a directive.
    package let directives: [NginxDirective]
    /// What could not be read: the paths of files and patterns, in the order in which they were met.
    package let unreadable: [String]
    /// Lines that nginx would refuse, at most one a file.
    package let syntaxErrors: [NginxSyntaxError]
    /// What is nearly a word of grantd's, and was read as that; a file that is read in place of another is not unreadable.
    let misspellings: [Misspelling]

    /// Whether a text is what `nginx -T` prints, by the lines with which it begins each file.
    package static func isDump(_ text: String) -> Bool {
        text.split(separator: "\n").contains { NginxDump.path(inMarker: $0) != nil }
    }

    /// What `nginx -T` prints, without the last file: of a text that was cut off that one is not whole.
    package static func withoutLastFile(_ dump: String) -> String {
        NginxDump(dump).files.dropLast().map { "# configuration file \($0.path):\n\($0.text)" }.joined(separator: "\n")
    }

    /// The configuration that `nginx -T` prints.
    package init(dump: String) {
        let files = NginxDump(dump).files
        let texts = Dictionary(files.lazy.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
        let paths = texts.keys.sorted()
        var left = NginxLimits.matches
        self.init(
            first: files[0].path,
            directories: [NginxPath.directory(of: files[0].path)],
            reading: { texts[$0] },
            matching: { pattern in
                left -= paths.count
                return left < 0 ? nil : paths.filter { NginxPath.matches($0, pattern) }
            }
        )
    }

    /// The configuration in a file: the whole of it, or one site's part. Includes are looked for beside the file, in the
    /// directories above it and in /etc/nginx, so that a site's file in a folder of its own finds its snippets.
    ///
    /// - Parameters:
    ///   - reading: The text of the file at a path; nil if it cannot be read.
    ///   - listing: The names in the directory at a path; nil if it cannot be read. Includes with wildcards need it.
    package init(
        file path: String,
        reading: (String) -> String?,
        listing: (String) -> [String]? = { _ in nil }
    ) {
        var directories = [NginxPath.directory(of: path)]
        if NginxPath.name(of: path) != "nginx.conf" {
            while let last = directories.last, !last.isEmpty, last != "/", directories.count < 32 {
                directories.append(NginxPath.directory(of: last))
            }
            if !directories.contains("/etc/nginx") { directories.append("/etc/nginx") }
        }
        var left = NginxLimits.matches
        self.init(
            first: path,
            directories: directories,
            reading: reading,
            matching: { pattern in
                let directory = NginxPath.directory(of: pattern)
                guard left > 0, let names = listing(directory) else { return nil }
                left -= names.count
                return names.map { NginxPath.joined(directory, $0) }
                    .filter { NginxPath.matches($0, pattern) }.sorted()
            }
        )
    }

    private init(
        first path: String,
        directories: [String],
        reading: (String) -> String?,
        matching: (String) -> [String]?
    ) {
        var inclusion = NginxInclusion(directories: directories)
        directives = inclusion.expanded(file: path, reading: reading, matching: matching)
        unreadable = inclusion.unreadable
        syntaxErrors = inclusion.syntaxErrors
        misspellings = inclusion.misspellings
    }
}
