import SystemPackage

/// The settings file: lines of `NAME=value`, in the part of systemd's `EnvironmentFile=` that a shell reads alike.
///
/// - Blank lines and lines that begin with `#` or `;` are skipped. There are no comments after a value.
/// - Space around the name and around the value does not count.
/// - Quotes, single or double, stand around a whole value or nowhere.
/// - A backslash is refused, as is a continued line.
/// - A name that is not a setting is another program's, unless it was probably meant for one: then it is an error.
struct SettingsFile {
    /// The longest file that is read, in bytes.
    static let maximumLength = 65536

    /// What its lines set, in their order.
    private(set) var assignments: [Assignment] = []
    /// What is wrong with it, a sentence each.
    private(set) var problems: [String] = []

    /// Reads the file; an absent one is empty, unless it was asked for by name.
    init(at path: FilePath, isNamed: Bool) {
        do throws(Errno) {
            parse(try Self.contents(of: path), path: path)
        } catch {
            if error == .noSuchFileOrDirectory, !isNamed { return }
            problems.append("The settings file \(path) cannot be read: \(error).")
        }
    }

    /// Parses a file's bytes; the path is for what it says of them.
    init(parsing bytes: [UInt8], path: FilePath) {
        parse(bytes, path: path)
    }

    private mutating func parse(_ bytes: [UInt8], path: FilePath) {
        guard bytes.count <= Self.maximumLength else {
            problems.append("The settings file \(path) is longer than \(Self.maximumLength) bytes.")
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.append("The settings file \(path) is not UTF-8.")
            return
        }
        for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            parse(line: Substring(line).trimmed, place: "\(path):\(index + 1)")
        }
    }

    private mutating func parse(line: Substring, place: String) {
        guard let first = line.first, first != "#", first != ";" else { return }
        guard let equals = line.firstIndex(of: "=") else {
            problems.append("\(place) is not a line of the form NAME=value.")
            return
        }
        let name = String(line[..<equals].trimmed)
        guard name.uppercased().hasPrefix(Setting.prefix) else {
            if let problem = Self.problem(withForeign: name) { problems.append("\(place) \(problem)") }
            return
        }
        guard let value = Self.unquote(line[line.index(after: equals)...].trimmed) else {
            problems.append(
                "\(name) in \(place) has a quote or a backslash in its value: quotes stand around all of it or nowhere."
            )
            return
        }
        if assignments.contains(where: { $0.name == name }) {
            problems.append("\(name) in \(place) has been set above: it takes one line.")
        }
        assignments.append(Assignment(name: name, value: value, origin: "in \(place)"))
    }

    /// What is wrong with a name that does not begin as settings do; nil for another program's.
    private static func problem(withForeign name: String) -> String? {
        let words = name.split { $0 == " " || $0 == "\t" }
        if words.count != 1 {
            return "has more than a name before the sign: it takes NAME=value, without export or set."
        }
        let plain = name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
        if let setting = Setting.all.first(where: { $0.name == Setting.prefix + String(plain) }) {
            return "sets \(name): the setting is called \(setting.name)."
        }
        guard String(plain).contains("GRANT") else { return nil }
        return "sets \(name): the names of settings begin with \(Setting.prefix)."
    }

    /// The value without the quotes around it; nil if a quote or a backslash stands elsewhere.
    private static func unquote(_ text: Substring) -> String? {
        var value = text
        if let quote = value.first, quote == "\"" || quote == "'" {
            guard value.count >= 2, value.last == quote else { return nil }
            value = value.dropFirst().dropLast()
        }
        return value.contains { $0 == "\"" || $0 == "'" || $0 == "\\" } ? nil : String(value)
    }

    /// The file's bytes, and one more than the limit if there are as many.
    private static func contents(of path: FilePath) throws(Errno) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while bytes.count <= maximumLength {
                    let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
                    if count == 0 { break }
                    bytes += chunk[..<count]
                }
                return bytes
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}

extension Substring {
    /// Without spaces, tabs and a carriage return at its ends.
    fileprivate var trimmed: Substring {
        var bytes = utf8[...]
        while let first = bytes.first, Self.isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
