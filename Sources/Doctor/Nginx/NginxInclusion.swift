/// Puts what is included in the place of the includes.
struct NginxInclusion {
    /// Where relative paths start, in the order in which they are tried.
    let directories: [String]
    /// The paths and patterns that could not be read.
    private(set) var unreadable: [String] = []
    private(set) var syntaxErrors: [NginxSyntaxError] = []
    /// What is nearly a word of grantd's, and was read as that.
    private(set) var misspellings: [Misspelling] = []

    /// The files that were read; nil for one that is not there or too large.
    private var parsed: [String: [NginxDirective]?] = [:]
    private var matched: [String: [String]?] = [:]
    /// The files that are being included, each by the one before it.
    private var active: [String] = []
    private var bytes = 0
    private var count = 0
    private var said: Set<String> = []
    /// The directives of which a name may be a misspelling, by that name.
    private var nearNames: [String: [String]] = [:]
    private var comparedPaths = 0

    init(directories: [String]) {
        self.directories = directories
    }

    /// The tree that starts with a file.
    mutating func expanded(
        file: String,
        reading: (String) -> String?,
        matching: (String) -> [String]?
    ) -> [NginxDirective] {
        guard let directives = directives(of: file, reading) else {
            cannotRead(file)
            return []
        }
        active = [file]
        return expanded(directives, via: nil, depth: 0, reading, matching)
    }

    private mutating func expanded(
        _ directives: [NginxDirective],
        within block: String = "",
        via: Finding.Place?,
        depth: Int,
        _ reading: (String) -> String?,
        _ matching: (String) -> [String]?
    ) -> [NginxDirective] {
        var result: [NginxDirective] = []
        for written in directives {
            let directive = corrected(written, within: block)
            count += 1
            guard count <= NginxLimits.directives, depth <= NginxLimits.depth else {
                refuse(directive.place, "makes the whole too large or too deep to read")
                break
            }
            if directive.name == "include", directive.block == nil, directive.arguments.count == 1 {
                result += included(directive, via: via, depth: depth, reading, matching)
                continue
            }
            let block = directive.block.map { inner in
                expanded(inner, within: directive.name, via: via, depth: depth + 1, reading, matching)
            }
            result.append(directive.including(block: block, via: via))
        }
        return result
    }

    /// What an include names; itself if that cannot be read.
    private mutating func included(
        _ include: NginxDirective,
        via: Finding.Place?,
        depth: Int,
        _ reading: (String) -> String?,
        _ matching: (String) -> [String]?
    ) -> [NginxDirective] {
        guard let files = files(include.value, reading, matching) else {
            comparedPaths += 1
            if comparedPaths <= NginxLimits.spellings, let near = ShippedFile.near(include.value) {
                let found = files(near.path, reading, matching)
                if near.isOther || found != nil {
                    misspellings.append(Misspelling(written: include.value, meant: near.path, place: include.place))
                    let meant = include.with(name: "include", arguments: [near.path])
                    return found == nil
                        ? [meant.including(block: nil, via: via)]
                        : included(meant, via: via, depth: depth, reading, matching)
                }
            }
            cannotRead(include.value)
            return [include.including(block: nil, via: via)]
        }
        var result: [NginxDirective] = []
        for file in files {
            count += 1
            guard count <= NginxLimits.directives else {
                refuse(include.place, "makes the whole too large or too deep to read")
                break
            }
            guard active.count <= NginxLimits.includes, !active.contains(file) else {
                refuse(include.place, "includes a file that includes itself, or too many within each other")
                continue
            }
            guard let directives = directives(of: file, reading) else {
                cannotRead(file)
                continue
            }
            active.append(file)
            result += expanded(directives, via: include.place, depth: depth, reading, matching)
            active.removeLast()
        }
        return result
    }

    /// The files that a path or a pattern matches; nil if the file does not exist, or the directory cannot be listed.
    private mutating func files(
        _ path: String,
        _ reading: (String) -> String?,
        _ matching: (String) -> [String]?
    ) -> [String]? {
        if let known = matched[path] { return known }
        let candidates = path.hasPrefix("/") ? [path] : directories.map { NginxPath.joined($0, path) }
        var found: [String]?
        if NginxPath.isPattern(path) {
            guard matched.count < NginxLimits.patterns else { return nil }
            // nginx accepts a pattern that matches no file.
            for candidate in candidates where found?.isEmpty ?? true { found = matching(candidate) ?? found }
            matched[path] = .some(found)
            return found
        }
        for candidate in candidates where found == nil && directives(of: candidate, reading) != nil {
            found = [candidate]
        }
        return found
    }

    /// The directives of a file, which is read once; nil if it cannot be read.
    private mutating func directives(of file: String, _ reading: (String) -> String?) -> [NginxDirective]? {
        if let known = parsed[file] { return known }
        guard parsed.count < NginxLimits.files, let text = reading(file) else {
            if parsed.count < NginxLimits.files { parsed[file] = .some(nil) }
            return nil
        }
        guard bytes + text.utf8.count <= NginxLimits.bytes else {
            refuse(Finding.Place(file: file, line: 1), "makes the whole too large to read")
            parsed[file] = .some(nil)
            return nil
        }
        bytes += text.utf8.count
        let parser = NginxParser(text, file: file)
        if let error = parser.error { syntaxErrors.append(error) }
        parsed[file] = parser.directives
        return parser.directives
    }

    /// A directive whose name is nearly one of those that a protected location needs, with the right name.
    private mutating func corrected(_ directive: NginxDirective, within block: String) -> NginxDirective {
        guard directive.block == nil, ["", "http", "server", "location", "if", "limit_except"].contains(block),
            let name = ShippedDirective.meant(by: directive, nearTo: near(directive.name))
        else { return directive }
        misspellings.append(Misspelling(written: directive.name, meant: name, place: directive.place))
        return directive.with(name: name, arguments: directive.arguments)
    }

    /// The directives of which a name may be a misspelling.
    private mutating func near(_ name: String) -> [String] {
        if let known = nearNames[name] { return known }
        guard nearNames.count < NginxLimits.spellings else { return [] }
        let near = ShippedDirective.near(name)
        nearNames[name] = near
        return near
    }

    private mutating func cannotRead(_ path: String) {
        if said.insert(path).inserted { unreadable.append(path) }
    }

    private mutating func refuse(_ place: Finding.Place, _ reason: String) {
        let error = NginxSyntaxError(place: place, reason: reason)
        if syntaxErrors.last?.reason != reason { syntaxErrors.append(error) }
    }
}
