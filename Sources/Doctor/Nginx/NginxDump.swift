/// The files in what `nginx -T` prints, in its order.
struct NginxDump {
    /// A file's path and text.
    let files: [(path: String, text: String)]

    /// Splits the text at its lines `# configuration file PATH:`. What comes before the first is nginx's own messages; a text
    /// without any such line is one file.
    init(_ text: String) {
        var files: [(String, String)] = []
        var path: Substring?
        let utf8 = text.utf8
        var start = utf8.startIndex
        var lineStart = utf8.startIndex
        while lineStart < utf8.endIndex {
            let lineEnd = utf8[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? utf8.endIndex
            let next = lineEnd < utf8.endIndex ? utf8.index(after: lineEnd) : lineEnd
            if let found = Self.path(inMarker: text[lineStart..<lineEnd]) {
                if let path { files.append((String(path), String(text[start..<lineStart]))) }
                path = found
                start = next
            }
            lineStart = next
        }
        files.append((path.map(String.init) ?? "nginx.conf", String(text[start...])))
        self.files = files
    }

    /// The path in a line by which `nginx -T` begins a file; nil if it is another line.
    static func path(inMarker line: Substring) -> Substring? {
        let opening = "# configuration file "
        guard line.utf8.starts(with: opening.utf8), line.utf8.last == UInt8(ascii: ":") else { return nil }
        let path = line.dropFirst(opening.count).dropLast()
        return path.isEmpty ? nil : path
    }
}
