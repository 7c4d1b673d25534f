import ArgumentParser
import FoundationEssentials
import SystemPackage

/// What a command has to say, for programs and for people.
struct Report {
    /// For programs: one JSON value.
    let json: JSON
    /// For people, without a newline at its end; nothing is printed if it is empty.
    let text: String
    /// For people, on standard error, so that it does not get into what a script takes from standard output.
    var note: String?
    /// Whether the command has printed all itself.
    var isPrinted = false
    /// The status to exit with.
    var exitCode = ExitCode.success

    /// What programs get.
    enum JSON {
        /// A value that is encoded when it is asked for.
        case value(any Encodable)
        /// JSON text.
        case text(String)
    }

    /// A report whose JSON is made of a value.
    init(
        json: any Encodable,
        text: String,
        note: String? = nil,
        isPrinted: Bool = false,
        exitCode: ExitCode = .success
    ) {
        self.json = .value(json)
        self.text = text
        self.note = note
        self.isPrinted = isPrinted
        self.exitCode = exitCode
    }

    /// A report whose JSON was made elsewhere.
    init(jsonText: String, text: String, note: String? = nil, exitCode: ExitCode = .success) {
        json = .text(jsonText)
        self.text = text
        self.note = note
        self.exitCode = exitCode
    }

    /// Prints it. The note is for people alone.
    func print(asJSON isJSON: Bool) throws {
        if isPrinted { return }
        let output = isJSON ? try encoded() : text
        do {
            if !output.isEmpty { try FileDescriptor.standardOutput.writeAll("\(output)\n".utf8) }
        } catch {
            throw OutputError(reason: "\(error)")
        }
        if let note, !isJSON { printToStandardError(note) }
    }

    /// The JSON on one line; a value's members are sorted and named as RFC 7591 names them.
    func encoded() throws -> String {
        let value: any Encodable
        switch json {
        case .text(let text): return text
        case .value(let encodable): value = encodable
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
