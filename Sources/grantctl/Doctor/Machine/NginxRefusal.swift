import Doctor

/// Why nginx did not say what its configuration is: the first of its messages that is an error.
struct NginxRefusal {
    private let message: String
    private let place: Finding.Place?

    /// Finds the message in what nginx wrote to standard error: `nginx: [emerg] unknown directive "x" in /etc/nginx/x:3`.
    init(_ errors: String) {
        let lines = errors.split(separator: "\n")
        let index =
            lines.firstIndex { $0.contains("[emerg]") } ?? lines.firstIndex { !$0.contains("[warn]") } ?? lines.endIndex
        var text = index < lines.endIndex ? lines[index] : ""
        // A value with a line feed goes on in the next line.
        let isWhole = index + 1 >= lines.endIndex || lines[index + 1].hasPrefix("nginx: ")
        if let tag = text.firstRange(of: "] ") { text = text[tag.upperBound...] }
        if let separator = text.ranges(of: " in ").last,
            let colon = text.lastIndex(of: ":"), colon > separator.upperBound,
            let number = Int(text[text.index(after: colon)...])
        {
            place = Finding.Place(file: String(text[separator.upperBound..<colon]), line: number)
            text = text[..<separator.lowerBound]
        } else {
            place = nil
        }
        message = isWhole ? Self.withoutValues(String(text)) : Self.opening(String(text))
    }

    /// What it means.
    func finding(isRoot: Bool) -> Finding {
        if message.contains("Permission denied"), !isRoot {
            return Finding(
                .warning,
                "nginx-not-permitted",
                "nginx does not print its configuration for this user: \(message).",
                remedy: "Run the doctor as root."
            )
        }
        return Finding(
            .failure,
            "nginx-refuses",
            at: place,
            "nginx refuses its configuration: \(message.isEmpty ? "it does not say why" : message).",
            remedy:
                "Correct it, and run `nginx -t`. Until then a running nginx keeps its previous configuration, and a stopped one does not start."
        )
    }

    /// A message in which quotes hold paths of files and names of directives only: anything else may be a secret.
    private static func withoutValues(_ text: String) -> String {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return text }
        // With a quotation mark within a value, what is quoted cannot be told from what is not.
        guard parts.count == 3 || parts.count == 5 && Self.between.contains(String(parts[2])) else {
            return opening(text)
        }
        return parts.enumerated().map { index, part in
            if index.isMultiple(of: 2) { return String(part) }
            let (before, after) = (parts[index - 1], parts[index + 1])
            let isName = part.allSatisfy { $0.isLowercase || $0 == "_" }
            let isDirective = before.hasSuffix("directive ") || after.hasPrefix(" directive")
            let isFile = part.hasPrefix("/") && Self.calls.contains { before.hasSuffix("\($0) ") }
            return isFile || isName && isDirective ? "\"\(part)\"" : "\"…\""
        }
        .joined()
    }

    /// What stands before the first value of a message.
    private static func opening(_ text: String) -> String {
        guard let quote = text.firstIndex(of: "\"") else { return text }
        return "\(text[..<quote])\"…\""
    }

    /// What stands before a file's path in nginx's messages.
    private static let calls = [
        "open()", "stat()", "mkdir()", "opendir()", "read()", "unlink()", "chown()", "chmod()", "glob()", "file",
        "certificate", "certificate key",
    ]

    /// What stands between two quotations in nginx's messages.
    private static let between = [
        " in ", " of ", " in the ", " of the ", ", ", " and ", " or ", " directive in ", " for ",
        " is outside location ",
    ]
}
