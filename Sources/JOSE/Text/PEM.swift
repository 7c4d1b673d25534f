import Encoding

/// One PEM block as RFC 7468 §3 has it: a label, and bytes in base64 of 64 characters a line.
enum PEM {
    /// The text of a block, with the line break at its end.
    static func encode(_ bytes: [UInt8], label: String) -> String {
        let letters = Array(Base64.standard.encode(bytes).utf8)
        let lines = stride(from: 0, to: letters.count, by: 64).map { start in
            String(decoding: letters[start..<min(start + 64, letters.count)], as: UTF8.self)
        }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
    }

    /// The bytes of a text that is one block of this label; nil if there is anything before, within or after it but line
    /// breaks at the end.
    static func decode(_ text: String, label: String) -> [UInt8]? {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            line.last == 0x0D ? line.dropLast() : line
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count >= 3, lines[0].elementsEqual("-----BEGIN \(label)-----".utf8),
            lines[lines.count - 1].elementsEqual("-----END \(label)-----".utf8)
        else { return nil }
        return Base64.standard.decode(Array(lines[1..<(lines.count - 1)].joined()).span)
    }
}
