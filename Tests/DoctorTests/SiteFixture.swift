import Doctor
import FoundationEssentials
import SystemPackage
import Testing

/// A site of `Sites`, with the shipped files around it. Its comments say what is expected:
///
///     … ;    # finds: NAME                    the finding of that name is at this line
///     # finds: NAME in FILE at TEXT           it is at the line of FILE that holds TEXT
///     # edit: FILE | OLD | NEW                in this site every OLD of the shipped FILE is NEW; \n is a new line
///     # file: FILE | TEXT                     there is this FILE too in the folder of the shipped ones
///     # nginx: refuses                        nginx does not take the configuration
struct SiteFixture: CustomTestStringConvertible {
    let name: String
    let text: String

    var testDescription: String { name }
    var path: String { "/etc/nginx/sites-available/\(name)" }

    /// The folder of this file.
    static let folder = FilePath("\(#filePath)").removingLastComponent()
    static let broken = all(in: "broken")
    static let good = all(in: "good")

    static func all(in folder: String) -> [SiteFixture] {
        files(in: Self.folder.appending("Sites").appending(folder)).sorted().map { name in
            SiteFixture(name: name, text: read(Self.folder.appending("Sites/\(folder)/\(name)")) ?? "")
        }
    }

    /// The configuration with the site's file as the first.
    var configuration: NginxConfiguration {
        NginxConfiguration(file: path, reading: reading, listing: listing)
    }

    /// The names of the site's own files in a folder beside the shipped files.
    private func listing(_ folder: String) -> [String] {
        ownFiles.keys.filter { $0.hasPrefix("\(folder)/") }.map { String($0.dropFirst(folder.utf8.count + 1)) }
    }

    /// The site's own files beside the shipped ones, by their paths.
    private var ownFiles: [String: String] {
        let pairs = comments("file").map { comment in
            let parts = comment.split(separator: " | ", maxSplits: 1).map(Self.unescaped)
            return ("/etc/nginx/snippets/\(parts[0])", parts[1])
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The text of a file as nginx would find it.
    func reading(_ file: String) -> String? {
        if file == path { return text }
        if let own = ownFiles[file] { return own }
        let name = FilePath(file).lastComponent?.string ?? ""
        guard file.hasPrefix("/etc/nginx/") else { return nil }
        if file == "/etc/nginx/\(name)" { return Self.read(Self.folder.appending("Sites/\(name)")) }
        guard file.hasPrefix("/etc/nginx/snippets/") else { return nil }
        let shipped = Self.folder.appending("../../deploy/nginx/\(name)").lexicallyNormalized()
        guard var shippedText = Self.read(shipped) else { return nil }
        if let mount = comments("mount").first { shippedText = shippedText.replacing("oauth2", with: mount) }
        for edit in comments("edit") {
            let parts = edit.split(separator: " | ", omittingEmptySubsequences: false).map { Self.unescaped($0) }
            guard parts.count == 3, parts[0] == name else { continue }
            #expect(shippedText.contains(parts[1]), "\(self.name) edits what is not there")
            shippedText = shippedText.replacing(parts[1], with: parts[2])
        }
        return shippedText
    }

    /// A file's text; nil if there is none.
    static func read(_ file: FilePath) -> String? {
        FileManager.default.contents(atPath: file.string).map { String(decoding: $0, as: UTF8.self) }
    }

    static func files(in folder: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).filter { $0.hasSuffix(".conf") }
    }

    /// The findings that the comments name.
    var expected: [Expectation] {
        let inline = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            index,
            line in
            line.firstRange(of: "    # finds: ").map { range in
                Expectation(name: String(line[range.upperBound...]), file: path, line: index + 1)
            }
        }
        return inline
            + comments("finds").map { comment in
                let words = comment.split(separator: " ", maxSplits: 4).map(String.init)
                let file = "/etc/nginx/snippets/\(words[2])"
                let lines = (reading(file) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                let line = lines.firstIndex { $0.contains(words[4]) }.map { $0 + 1 }
                return Expectation(name: words[0], file: file, line: line ?? 0)
            }
    }

    /// What the lines `# KEY: …` say.
    private func comments(_ key: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix("# \(key): ") }.map { $0.dropFirst(key.count + 4) }
    }

    private static func unescaped(_ text: Substring) -> String { String(text.replacing("\\n", with: "\n")) }
}

/// A finding without its words.
struct Expectation: Hashable, CustomStringConvertible {
    let name: String
    let file: String
    let line: Int

    init(name: String, file: String, line: Int) {
        (self.name, self.file, self.line) = (name, file, line)
    }

    init(_ finding: Finding) {
        self.init(name: finding.name, file: finding.place?.file ?? "", line: finding.place?.line ?? 0)
    }

    var description: String { "\(name) at \(file):\(line)" }
}
