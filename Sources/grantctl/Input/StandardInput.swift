import FileStore
import Glibc
import SystemPackage

/// Secrets and tokens come by standard input, where no list of processes and no shell history shows them.
enum StandardInput {
    /// The longest line that is taken, in bytes.
    static let longestLine = 4096

    /// The one line that standard input holds, without its newline; a person is asked for it, and it is not echoed.
    ///
    /// - Parameter prompt: What a person is asked for.
    static func line(prompt: String) throws(InputError) -> String {
        guard let terminal = SilentTerminal() else { return try parse(read(untilNewline: false)) }
        printToStandardError("\(prompt): ", terminator: "")
        defer {
            terminal.restore()
            printToStandardError("")
        }
        return try parse(read(untilNewline: true) { () throws(InputError) in try terminal.waitForInput() })
    }

    /// All the text that standard input holds, of any number of lines; a person is asked for one, which is not echoed.
    ///
    /// - Parameter prompt: What a person is asked for.
    static func text(prompt: String, limit: Int) throws(InputError) -> String {
        if SilentTerminal.isThere { return try line(prompt: prompt) }
        let bytes = try everything(limit: limit)
        guard !bytes.isEmpty else { throw .empty }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return text
    }

    /// A new secret: the one line that standard input holds, or what a person types twice on a terminal.
    ///
    /// - Parameter prompt: What a person is asked for.
    static func newSecret(prompt: String) throws(InputError) -> String {
        let secret = try line(prompt: prompt)
        guard SilentTerminal.isThere else { return secret }
        guard try line(prompt: "The same again") == secret else { throw .different }
        return secret
    }

    /// Everything that standard input holds.
    ///
    /// - Parameter limit: the most bytes that are read; more is an error.
    static func everything(limit: Int) throws(InputError) -> [UInt8] {
        let bytes = try read(untilNewline: false, limit: limit)
        guard bytes.count <= limit else { throw .tooMuch(limit) }
        return bytes
    }

    /// The one line that the bytes are.
    static func parse(_ bytes: [UInt8]) throws(InputError) -> String {
        guard bytes.count <= longestLine else { throw .tooLong }
        var line = bytes[...]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty else { throw .empty }
        guard !line.contains(UInt8(ascii: "\n")) else { throw .moreThanOneLine }
        guard let text = String(validating: line, as: UTF8.self) else { throw .notText }
        return text
    }

    private static func read(
        untilNewline: Bool,
        limit: Int = longestLine,
        waiting wait: () throws(InputError) -> Void = {}
    ) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit, !(untilNewline && bytes.last == UInt8(ascii: "\n")) {
            try wait()
            do {
                let count = try unsafe chunk.withUnsafeMutableBytes {
                    unsafe try FileDescriptor.standardInput.read(into: $0, retryOnInterrupt: false)
                }
                if count == 0 { break }
                bytes += chunk[..<count]
            } catch Errno.interrupted {
                throw .interrupted
            } catch {
                throw .failed(error as? Errno ?? .ioError)
            }
        }
        return bytes
    }
}
