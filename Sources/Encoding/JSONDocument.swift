/// A JSON text as a value (RFC 8259), read by the same strict grammar as requests. A number is kept as it is written.
package enum JSONDocument: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONDocument])
    case object([String: JSONDocument])

    /// Why a text is not read.
    package enum Fault: Error, Equatable {
        /// It is not UTF-8, leaves the grammar, or is nested too deeply.
        case malformed
        /// An object has two members of this name.
        case repeatedMember(String)
        /// It has more values than the caller allows.
        case tooManyValues
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Reads a text; a byte order mark before it is passed over.
    ///
    /// - Parameter mostValues: how many values it may have, itself and those inside others among them. A short text can have
    ///   many, and each costs an allocation.
    package init(_ bytes: [UInt8], mostValues: Int = .max) throws(Fault) {
        let text = bytes.starts(with: Self.byteOrderMark) ? Array(bytes.dropFirst(Self.byteOrderMark.count)) : bytes
        guard (try? UTF8Span(validating: text.span)) != nil else { throw .malformed }
        var scanner = JSONScanner(text)
        scanner.valuesLeft = mostValues
        do {
            scanner.skipSpace()
            self = try scanner.value()
            try scanner.end()
        } catch let repeated as JSONScanner.RepeatedMember {
            throw .repeatedMember(repeated.name)
        } catch is JSONScanner.TooManyValues {
            throw .tooManyValues
        } catch {
            throw .malformed
        }
    }

    /// Where a malformed text leaves the grammar, in words: the line, counted from 1, and whether a comma is too much.
    package static func placeOfFault(in bytes: [UInt8]) -> String {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return "its characters, which are not UTF-8" }
        var scanner = JSONScanner(
            bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
        )
        scanner.skipSpace()
        if (try? scanner.value()) != nil { scanner.skipSpace() }
        return
            "line \(scanner.line)\(scanner.isBehindTrailingComma ? ", and delete the comma before the closing bracket" : "")"
    }
}
