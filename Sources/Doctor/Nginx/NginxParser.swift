/// Reads one file into directives; its includes stay directives.
struct NginxParser {
    /// The directives of a file, up to its end or its first error.
    let directives: [NginxDirective]
    /// The line at which nginx would stop; nil if the file is whole.
    let error: NginxSyntaxError?

    /// The text's directives, each with its line in the file of that name.
    init(_ text: String, file: String) {
        var reading = Reading(text: text, file: file)
        do throws(NginxSyntaxError) {
            try reading.readAll()
            error = nil
        } catch {
            self.error = error
        }
        directives = reading.finished()
    }

    /// A block that is open.
    private struct Open {
        var name: String
        var arguments: [String]
        var line: Int
        var block: [NginxDirective] = []
    }

    private struct Reading {
        private var lexer: NginxLexer
        private let file: String
        /// The file itself, and the blocks within it that are open.
        private var open = [Open(name: "", arguments: [], line: 1)]
        private var words: [String] = []
        private var line = 1
        private var count = 0

        init(text: String, file: String) {
            lexer = NginxLexer(Array(text.utf8), file: file)
            self.file = file
        }

        mutating func readAll() throws(NginxSyntaxError) {
            while let token = try lexer.next() {
                switch token {
                case .word(let word):
                    if words.isEmpty { line = lexer.tokenLine }
                    words.append(word)
                case .semicolon:
                    guard !words.isEmpty else { throw lexer.error("has a semicolon after nothing") }
                    try end(block: nil)
                case .open: try begin()
                case .close:
                    guard words.isEmpty else { throw lexer.error("closes a block before a semicolon") }
                    guard open.count > 1 else { throw lexer.error("closes a block that is not open") }
                    close()
                }
            }
            guard words.isEmpty else { throw lexer.error("ends the file without a semicolon") }
            guard open.count == 1 else { throw lexer.error("ends the file within a block") }
        }

        /// What was read; blocks that are still open end here.
        mutating func finished() -> [NginxDirective] {
            while open.count > 1 { close() }
            return open[0].block
        }

        private mutating func begin() throws(NginxSyntaxError) {
            guard let name = words.first else { throw lexer.error("opens a block without a name") }
            if name.hasSuffix("_by_lua_block") {
                try lexer.skipLuaBlock()
                return try end(block: [])
            }
            guard open.count <= NginxLimits.depth else { throw lexer.error("opens a block too deep within others") }
            try counted()
            open.append(Open(name: name, arguments: Array(words.dropFirst()), line: line))
            words = []
        }

        private mutating func end(block: [NginxDirective]?) throws(NginxSyntaxError) {
            try counted()
            append(words[0], Array(words.dropFirst()), line, block)
            words = []
        }

        private mutating func close() {
            let done = open.removeLast()
            append(done.name, done.arguments, done.line, done.block)
        }

        private mutating func append(_ name: String, _ arguments: [String], _ line: Int, _ block: [NginxDirective]?) {
            open[open.count - 1].block.append(
                NginxDirective(
                    name: name,
                    arguments: arguments,
                    place: Finding.Place(file: file, line: line),
                    lastLine: lexer.tokenLine,
                    block: block,
                    via: nil
                )
            )
        }

        private mutating func counted() throws(NginxSyntaxError) {
            count += 1
            guard count <= NginxLimits.directives else { throw lexer.error("is one directive too many to read") }
        }
    }
}
