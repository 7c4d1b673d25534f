import FileStore
import GrantCore

/// The use of an assertion, as the journal and the engine have it.
///
/// A line of the journal, 56 bytes, numbers in little-endian order:
///
///     0   the digest of the assertion's name
///     32  when it ends, in microseconds since 1970
///     40  the mark of this use
struct AssertionUse: Equatable {
    /// Bytes of a line.
    static let lineSize = 56
    /// Bytes of a mark.
    static let markSize = 16

    /// The name's digest.
    let digest: [UInt8]
    /// The first moment at which the assertion counts no more.
    let end: Timestamp
    /// Random hexadecimal digits, by which a use that is noted twice knows its own note.
    let mark: [UInt8]

    /// Its tag.
    var tag: Tag { Tag(digest) }

    /// It as a line of the journal.
    var line: [UInt8] {
        var line = digest
        line.append(littleEndian: end.microseconds)
        return line + mark
    }

    private var key: [UInt8] { tag.key("j", digest[1...]) }

    /// The question for the mark that is on record.
    var question: RedisCommands {
        var commands = RedisCommands()
        commands.append([[UInt8]("GET"), key])
        return commands
    }

    /// Notes it, unless there is a note.
    ///
    /// It is kept for a minute longer than the assertion lives: the clock that decides is the one of the machine that is
    /// asked.
    func note(at now: Timestamp) -> RedisCommands {
        let milliseconds = max(1, (end.microseconds - now.microseconds) / 1000 + Retention.slack)
        var commands = RedisCommands()
        commands.append([[UInt8]("SET"), key, mark, [UInt8]("NX"), [UInt8]("PX"), [UInt8]("\(milliseconds)")])
        return commands
    }
}

extension AssertionUse {
    /// Reads a line of the journal.
    init(line: ArraySlice<UInt8>) {
        digest = Array(line.prefix(32))
        end = Timestamp(microseconds: line.littleEndian(at: 32, as: Int64.self))
        mark = Array(line.suffix(Self.markSize))
    }

    /// Whether it may count by some machine's clock.
    func matters(at now: Timestamp) -> Bool {
        now.microseconds < end.microseconds.addingReportingOverflow(Retention.slack * 1000).partialValue
    }
}
