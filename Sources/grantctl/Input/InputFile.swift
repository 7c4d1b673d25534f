import ArgumentParser
import FileStore
import SystemPackage

/// A file that is named on the command line, or standard input in its place.
enum InputFile {
    /// All that it holds, up to `limit` bytes.
    ///
    /// - Parameter path: the file; `-` is standard input.
    static func everything(in path: String, limit: Int) throws -> [UInt8] {
        if path == "-" { return try StandardInput.everything(limit: limit) }
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            return try file.closeAfter { try read(file, limit) }
        } catch let error as Errno {
            throw UnreadableFile(path: path, reason: "\(error)")
        }
    }

    private static func read(_ file: FileDescriptor, _ limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw InputError.tooMuch(limit) }
        }
    }
}

/// A file that was named cannot be read.
struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path) cannot be read: \(reason)" }
}

extension UnreadableFile: Problem {
    var exitCode: ExitCode { .refused }
}
